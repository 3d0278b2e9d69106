import {
  type Credentials,
  fetchHttpClient,
  Kling,
  type KlingConfig,
  klingConfig,
  KlingError,
  regionUrls
} from "@klingkit/core"
import { baseUrlFromConfig, otherBaseUrl } from "@klingkit/core/internal"
import {
  accountName,
  type BudgetLine,
  type FileHost,
  jobFolders,
  Jobs,
  type JobsConfig,
  type LedgerSource,
  organizationName,
  type Recovery,
  repeatWithin,
  type SpendLimits,
  spendLimits
} from "@klingkit/jobs"
import { callerFolder, localPrincipal, type Uploads } from "@klingkit/jobs/internal"
import type { ToolNeeds } from "@klingkit/tools"
import { Effect, type FileSystem, Layer, Logger, ManagedRuntime, Path, Result } from "effect"
import { SignedState } from "./approval/signed-state.ts"
import type { ServicesRuntime } from "./build-server.ts"

/** What an app provides. */
export type Disk = FileSystem.FileSystem | Path.Path | FileHost | LedgerSource

/** A Kling account of a caller's own. */
export interface OwnAccount {
  readonly credentials: Credentials
  /** That of the environment when absent. `KLINGAI_BASE_URL` goes before both. */
  readonly region?: keyof typeof regionUrls
  /** Tells its credentials from those of other accounts. */
  readonly name?: string
  /** In USD per day (UTC), on top of what the server allows. */
  readonly maxUsdPerDay?: number
  /** When the caller connected it, in milliseconds since 1970; absent where the key came with a request. */
  readonly connectedAt?: number
}

/** For whom tools are called. */
export interface Caller {
  /** The owner of the jobs. */
  readonly principal: string
  /** Whose budgets count what it spends; the organization is this server's unless it names another. */
  readonly budgetLine: BudgetLine
  /** The caller's own Kling account, which no budget here counts, or that it has one which cannot be read; that of the environment when absent. */
  readonly account?: OwnAccount | "unreadable"
}

/** What a hosted server offers its callers. */
export interface HostingOptions {
  /** Where Kling calls back about jobs on the server's account. */
  readonly callbackUrl?: JobsConfig["callbackUrl"]
  /** What each caller has uploaded from its own machine. */
  readonly uploads?: (principal: string) => Uploads
  /** Where callers connect Kling accounts of their own. */
  readonly accountPage?: string | undefined
  /** The server's account is not lent. */
  readonly ownAccountsOnly?: boolean | undefined
}

/** Who works on the machine of the server. */
export const localCaller: Caller = { principal: localPrincipal, budgetLine: { person: localPrincipal } }

/**
 * Kling and jobs, configured by the environment. Building never fails: a server starts without a key, and each call that
 * needs Kling reports what is missing.
 */
export const servicesFor = (
  caller: Caller,
  options: HostingOptions = {}
): Layer.Layer<ToolNeeds | Recovery, never, Disk> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { principal, budgetLine } = caller
      const own = typeof caller.account === "object" ? caller.account : undefined
      const folders = yield* Effect.orDie(jobFolders)
      const account = yield* Effect.orDie(accountName)
      const repeats = yield* Effect.orElseSucceed(repeatWithin, () => ({}))
      const limits = yield* Effect.result(spendLimits)
      const path = yield* Path.Path
      // An unreadable limit must block every request rather than none.
      const kling = Result.isFailure(limits) ? Kling.layerFailing(limits.failure) : klingOf(caller, options)
      const { callbackUrl, uploads } = options
      const config = {
        ...folders,
        // The name in the environment is that of the operator's account.
        ...(own === undefined ? account : own.name === undefined ? {} : { account: own.name }),
        ...repeats,
        // A caller from elsewhere sees its own files only.
        ...(principal === localPrincipal
          ? {}
          : { outputDir: path.join(folders.outputDir, yield* callerFolder(principal)), inputDirs: [] }),
        limits: lowerDayLimit(
          Result.getOrElse(limits, () => ({})),
          own?.maxUsdPerDay
        ),
        ...(callbackUrl === undefined || own !== undefined ? {} : { callbackUrl }),
        ...(uploads === undefined || principal === localPrincipal ? {} : { uploads: uploads(principal) }),
        principal,
        budgetLine: own === undefined ? { organization: yield* Effect.orDie(organizationName), ...budgetLine } : {},
        // With a Kling account of their own, callers see all of it.
        sharesAccount: principal !== localPrincipal && own === undefined,
        isLongRunning: true
      }
      return Jobs.layer(config).pipe(Layer.provideMerge(kling))
    })
  )

const klingOf = (
  { account, principal }: Caller,
  { accountPage, ownAccountsOnly }: HostingOptions
): Layer.Layer<Kling> => {
  const isHosted = principal !== localPrincipal && accountPage !== undefined
  const without = (why: "none" | "unreadable") =>
    new KlingError({ reason: { _tag: "NoAccount", why, ...(accountPage === undefined ? {} : { page: accountPage }) } })
  const config =
    account === undefined || account === "unreadable"
      ? klingConfig()
      : Effect.map(Effect.all([otherBaseUrl, baseUrlFromConfig]), ([other, fallback]): KlingConfig => ({
          credentials: account.credentials,
          baseUrl: other ?? (account.region === undefined ? fallback : regionUrls[account.region])
        }))
  // What cannot be read must not be paid from the server's account.
  if (account === "unreadable") return Kling.layerFailing(without("unreadable"))
  if (account === undefined && isHosted && ownAccountsOnly === true) return Kling.layerFailing(without("none"))
  return Layer.unwrap(Effect.map(config, Kling.layer)).pipe(
    Layer.provide(fetchHttpClient),
    Layer.catch((error) =>
      Kling.layerFailing(isHosted && error.reason._tag === "MissingCredentials" ? without("none") : error)
    )
  )
}

const lowerDayLimit = (limits: SpendLimits, own: number | undefined): SpendLimits =>
  own === undefined ? limits : { ...limits, maxUsdPerDay: Math.min(own, limits.maxUsdPerDay ?? Infinity) }

export const servicesFromConfig: Layer.Layer<ToolNeeds | SignedState, never, Disk> = Layer.merge(
  SignedState.layerConfig,
  servicesFor(localCaller)
)

/** The servers log to stderr; `Logger.consoleLogFmt` would write to stdout, whatever `LogToStderr` says. */
const logging = Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)])

/** The services of one process with a single user, built when the first tool is called. */
export const makeServices = (disk: Layer.Layer<Disk>): ServicesRuntime =>
  ManagedRuntime.make(servicesFromConfig.pipe(Layer.provide(disk), Layer.provideMerge(logging)))
