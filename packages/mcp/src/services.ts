import { fetchHttpClient, Kling } from "@klingkit/core"
import {
  accountName,
  type BudgetLine,
  type FileHost,
  jobFolders,
  Jobs,
  type JobsConfig,
  type LedgerSource,
  organizationName,
  repeatWithin,
  spendLimits
} from "@klingkit/jobs"
import { localPrincipal, sha256Hex } from "@klingkit/jobs/internal"
import type { ToolNeeds } from "@klingkit/tools"
import { Config, Effect, type FileSystem, Layer, Logger, ManagedRuntime, Path, type Redacted, Result } from "effect"
import { SignedState } from "./approval/signed-state.ts"
import type { Services } from "./build-server.ts"

/** What an app provides. */
export type Disk = FileSystem.FileSystem | Path.Path | FileHost | LedgerSource

/** For whom tools are called. */
export interface Caller {
  /** The owner of the jobs. */
  readonly principal: string
  /** Whose budgets count what it spends; the organization is this server's unless it names another. */
  readonly budgetLine: BudgetLine
  /** A Kling key of the caller's own, which no budget here counts; that of the environment when absent. */
  readonly apiKey?: Redacted.Redacted
}

/** Who works on the machine of the server. */
export const localCaller: Caller = { principal: localPrincipal, budgetLine: { person: localPrincipal } }

/**
 * Kling and jobs, configured by the environment. Building never fails: a server starts without a key, and each call that
 * needs Kling reports what is missing.
 */
export const servicesFor = (
  { principal, budgetLine, apiKey }: Caller,
  callbackUrl?: JobsConfig["callbackUrl"]
): Layer.Layer<ToolNeeds, never, Disk> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const folders = yield* Effect.orDie(jobFolders)
      const account = yield* Effect.orDie(accountName)
      const repeats = yield* Effect.orElseSucceed(repeatWithin, () => ({}))
      const limits = yield* Effect.result(spendLimits)
      const path = yield* Path.Path
      // An unreadable limit must block every request rather than none.
      const kling = Result.isFailure(limits)
        ? Kling.layerFailing(limits.failure)
        : Kling.layerConfig(apiKey === undefined ? {} : { apiKey: Config.succeed(apiKey) }).pipe(
            Layer.provide(fetchHttpClient),
            Layer.catch(Kling.layerFailing)
          )
      const config = {
        ...folders,
        // The name is that of the operator's account.
        ...(apiKey === undefined ? account : {}),
        ...repeats,
        // A caller from elsewhere sees its own files only.
        ...(principal === localPrincipal
          ? {}
          : { outputDir: path.join(folders.outputDir, yield* folderOf(principal)), inputDirs: [] }),
        limits: Result.getOrElse(limits, () => ({})),
        ...(callbackUrl === undefined || apiKey !== undefined ? {} : { callbackUrl }),
        principal,
        budgetLine: apiKey === undefined ? { organization: yield* Effect.orDie(organizationName), ...budgetLine } : {},
        // With a Kling key of their own, callers see all that the key opens.
        sharesAccount: principal !== localPrincipal && apiKey === undefined,
        isLongRunning: true
      }
      return Jobs.layer(config).pipe(Layer.provideMerge(kling))
    })
  )

/** A name that no other caller has, however long its own is and whether or not the disk tells small letters from capitals. */
const folderOf = (principal: string) => Effect.map(sha256Hex(principal), (hash) => `caller-${hash}`)

export const servicesFromConfig: Layer.Layer<ToolNeeds | SignedState, never, Disk> = Layer.merge(
  SignedState.layerConfig,
  servicesFor(localCaller)
)

/** Programs that serve over stdout or HTTP log to stderr. `Logger.consoleLogFmt` would write to stdout, whatever `LogToStderr` says. */
export const logging = Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)])

/** The services of one process with a single user, built when the first tool is called. */
export const makeServices = (disk: Layer.Layer<Disk>): Services =>
  ManagedRuntime.make(servicesFromConfig.pipe(Layer.provide(disk), Layer.provideMerge(logging)))
