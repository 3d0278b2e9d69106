import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { type Kling, type KlingError, klingFromOptions } from "@klingkit/core"
import { ConfigProvider, Effect, Layer } from "effect"
import { resolve } from "node:path"
import { env } from "node:process"
import { expandHome, jobsConfig, type JobsConfig } from "../config.ts"
import { Jobs } from "../jobs.ts"
import { ledgerFromConfig } from "../sqlite/ledger-from-config.ts"
import { nodeFileHost } from "./node-file-host.ts"
import type { PromiseJobsOptions } from "./promise-jobs.ts"

/** Jobs and the Kling below them, from options and environment. Settings of it that are read later are the same ones. */
export const jobsFromOptions = (options: PromiseJobsOptions): Layer.Layer<Jobs | Kling, KlingError> =>
  Layer.unwrap(Effect.map(configOf(options), Jobs.layer)).pipe(
    Layer.provideMerge(klingFromOptions(options)),
    Layer.provide([ledgerFromConfig, nodeFileHost, NodeFileSystem.layer, NodePath.layer]),
    // The ledger is opened later, by whichever call is first.
    Layer.provideMerge(ConfigProvider.layer(settingsOf(options)))
  )

const configOf = ({ inputDirs, principal = "local" }: PromiseJobsOptions) =>
  jobsConfig.pipe(
    Effect.catchTag("ConfigError", Effect.die),
    Effect.map((config): JobsConfig => {
      const folders = inputDirs ?? config.inputDirs
      const absolute = folders === "anywhere" ? folders : folders.map((one) => resolve(expandHome(one, config.homeDir)))
      return { ...config, inputDirs: absolute, principal }
    })
  )

/** What is given, by the name that it has in the environment: it is read and checked as if it stood there. */
const settingsOf = (options: PromiseJobsOptions): ConfigProvider.ConfigProvider => {
  const { limits = {}, outputDir, nameTemplate, privateHosts, ledgerDir, databaseUrl } = options
  const given = {
    KLINGKIT_MAX_USD_PER_CALL: limits.maxUsdPerCall?.toString(),
    KLINGKIT_MAX_USD_PER_DAY: limits.maxUsdPerDay?.toString(),
    KLINGKIT_CONFIRM_ABOVE_USD: limits.confirmAboveUsd?.toString(),
    KLINGKIT_OUTPUT_DIR: outputDir,
    KLINGKIT_FILE_NAME: nameTemplate,
    KLINGKIT_PRIVATE_HOSTS: privateHosts?.join(","),
    KLINGKIT_HOME: ledgerDir,
    // A folder that is given is meant, also where the environment names a database.
    KLINGKIT_DATABASE_URL: databaseUrl ?? (ledgerDir === undefined ? undefined : "")
  }
  const wanted = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return ConfigProvider.fromEnvRecord({ ...env, ...wanted })
}
