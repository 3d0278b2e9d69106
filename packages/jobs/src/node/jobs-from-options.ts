import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { type Kling, type KlingError, klingFromOptions } from "@klingkit/core"
import { expandHome } from "@klingkit/media/internal"
import { nodeFileHost } from "@klingkit/media/node"
import { ConfigProvider, Effect, Layer } from "effect"
import { homedir } from "node:os"
import { resolve } from "node:path"
import { env } from "node:process"
import type { Account } from "../accounts/account.ts"
import { jobsConfig, type JobsConfig } from "../config.ts"
import { Jobs } from "../jobs.ts"
import { ledgerFromConfig } from "../sqlite/ledger-from-config.ts"
import type { PromiseJobsOptions } from "./promise-jobs.ts"

/** Jobs and their Kling client from options and environment. Config that is read later sees the same settings. */
export const jobsFromOptions = (options: PromiseJobsOptions): Layer.Layer<Jobs | Account | Kling, KlingError> =>
  Layer.unwrap(Effect.map(configOf(options), Jobs.layer)).pipe(
    Layer.provideMerge(klingFromOptions(options)),
    Layer.provide([ledgerFromConfig, nodeFileHost, NodeFileSystem.layer, NodePath.layer]),
    // The ledger is opened later, by the first call that needs it.
    Layer.provideMerge(ConfigProvider.layer(settingsOf(options)))
  )

const configOf = ({ inputDirs, principal = "local" }: PromiseJobsOptions) =>
  jobsConfig.pipe(
    Effect.catchTag("ConfigError", Effect.die),
    Effect.map((config): JobsConfig => {
      const folders = inputDirs ?? config.inputDirs
      const absolute =
        folders === "anywhere" ? folders : folders.map((folder) => resolve(expandHome(folder, config.homeDir)))
      return { ...config, inputDirs: absolute, principal, budgetLine: { ...config.budgetLine, person: principal } }
    })
  )

/** Options under the names of their environment variables, so that they are parsed and validated the same way. */
const settingsOf = (options: PromiseJobsOptions): ConfigProvider.ConfigProvider => {
  const { account, limits = {}, outputDir, nameTemplate, privateHosts, ledgerDir, databaseUrl } = options
  const overrides = {
    KLINGKIT_ACCOUNT: account,
    KLINGKIT_MAX_USD_PER_CALL: limits.maxUsdPerCall?.toString(),
    KLINGKIT_MAX_USD_PER_DAY: limits.maxUsdPerDay?.toString(),
    KLINGKIT_CONFIRM_ABOVE_USD: limits.confirmAboveUsd?.toString(),
    KLINGKIT_OUTPUT_DIR: outputDir,
    KLINGKIT_FILE_NAME: nameTemplate,
    KLINGKIT_PRIVATE_HOSTS: privateHosts?.join(","),
    // A program that names a folder itself means its own working directory.
    KLINGKIT_HOME: ledgerDir?.trim() && resolve(expandHome(ledgerDir, homedir())),
    // An explicit folder wins over a database in the environment.
    KLINGKIT_DATABASE_URL: databaseUrl ?? (ledgerDir === undefined ? undefined : "")
  }
  const defined = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined))
  return ConfigProvider.fromEnvRecord({ ...env, ...defined })
}
