import { type CredentialKind, fetchHttpClient, Kling } from "@klingkit/core"
import { credentialsFromConfig } from "@klingkit/core/internal"
import { Jobs, jobsConfig, type JobsConfig } from "@klingkit/jobs"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { nodeFileHostBehindProxies } from "@klingkit/jobs/node"
import { Effect, Layer } from "effect"
import { usageError } from "./output/failure.ts"

/** Longer than Kling usually takes to answer a request, and short enough for a user at a shell. */
const shutdownTimeout = "10 seconds"

/** Folders as the environment sets them. At a shell the user may name any file. */
export const folders = jobsConfig.pipe(
  Effect.map((config): JobsConfig => ({ ...config, inputDirs: "anywhere", shutdownTimeout })),
  Effect.catchTag("ConfigError", () =>
    Effect.fail(usageError([{ field: "KLINGKIT_OUTPUT_DIR", message: "cannot be read" }]))
  )
)

/** Files of this machine, and the way to those of Kling. */
export const fileHost = nodeFileHostBehindProxies

/** Kling and its jobs, configured from the environment. Fails before any request when a credential is missing. */
export const connection = Layer.unwrap(
  Effect.map(folders, (config) => Jobs.layer(config).pipe(Layer.provideMerge(Kling.layerConfig())))
).pipe(Layer.provide([fetchHttpClient, fileHost, ledgerFromConfig]))

/** The kind of credential to plan for. Without one an API key is assumed: showing a plan needs no credential. */
export const credentialKind: Effect.Effect<CredentialKind> = credentialsFromConfig.pipe(
  Effect.map(({ kind }) => kind),
  Effect.orElseSucceed(() => "api-key" as const)
)
