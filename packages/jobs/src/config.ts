import { submitDeadlineMillis } from "@klingkit/core/internal"
import type { MediaFolders } from "@klingkit/media"
import { expandHome } from "@klingkit/media/internal"
import { Config, Duration, Effect, Option, Path } from "effect"
import type { BudgetLine } from "./ledger/budget-line.ts"
import type { Uploads } from "./uploads.ts"
import { type SpendLimits, spendLimits } from "./spend-limits.ts"

/** Where results are saved and how they are named; where files may be read and results fetched from. Absolute paths. */
export interface JobFolders extends MediaFolders {
  /** The template of file names in the output folder: `{date}/{model}-{handle}`. */
  readonly nameTemplate?: string
  /** Result hosts that may have private addresses: `mirror.example.com`, `*.example.com`. */
  readonly privateHosts?: ReadonlyArray<string>
}

/** The owner of the jobs of a program with a single user. */
export const localPrincipal = "local"

export interface JobsConfig extends JobFolders {
  readonly limits: SpendLimits
  /** The user's name for the Kling account, which tells credentials of one account from those of others. */
  readonly account?: string
  /** The owner of the jobs; `localPrincipal` for a program with a single user. */
  readonly principal: string
  /** Whose budgets count the jobs; the principal's as a person when absent. */
  readonly budgetLine?: BudgetLine
  /**
   * Others use the same Kling account. Then only what the ledger has is the principal's: tasks that Kling lists besides are not
   * there for it, and the limit per day does not count what others spend.
   */
  readonly sharesAccount?: boolean
  /**
   * Where Kling calls back about the job of a handle, if its request does not name another address. Such a call makes polling
   * rare; whether it comes, and when, does not matter.
   */
  readonly callbackUrl?: (handle: string) => Effect.Effect<string>
  /** The principal works on another machine, whose files are not here. */
  readonly uploads?: Uploads
  /** A long-running program resumes orphaned pipelines. A short-lived one would only interrupt them again. */
  readonly isLongRunning?: boolean
  /** How long closing waits for Kling's answers to requests that were sent; by default until each must have an outcome. */
  readonly shutdownTimeout?: Duration.Input
  /** How long after its end a job still answers for the same request; 10 minutes when absent. */
  readonly repeatWithin?: Duration.Input
  /** @deprecated Use `shutdownTimeout`. */
  readonly shutdownSeconds?: number
}

export const shutdownMillis = ({ shutdownTimeout, shutdownSeconds }: JobsConfig): number =>
  shutdownTimeout !== undefined
    ? Duration.toMillis(shutdownTimeout)
    : shutdownSeconds === undefined
      ? submitDeadlineMillis
      : shutdownSeconds * 1000

export const dedupeWindowSeconds = ({ repeatWithin = "10 minutes" }: Pick<JobsConfig, "repeatWithin">): number =>
  Duration.toSeconds(repeatWithin)

const text = (name: string) =>
  Config.option(Config.String(name)).pipe(Config.map(Option.filter((value) => value.trim() !== "")))

/** From `KLINGKIT_PRIVATE_HOSTS`: hosts in private networks that the operator trusts. */
export const privateHosts = Effect.map(text("KLINGKIT_PRIVATE_HOSTS"), (hosts) =>
  Option.getOrElse(hosts, () => "")
    .split(",")
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== "")
)

/**
 * From `KLINGKIT_OUTPUT_DIR` (default `~/klingkit`), `KLINGKIT_INPUT_DIRS` (separated like PATH),
 * `KLINGKIT_FILE_NAME` (a template) and `KLINGKIT_PRIVATE_HOSTS` (comma-separated).
 */
export const jobFolders = Effect.gen(function* () {
  const path = yield* Path.Path
  const home = yield* text("HOME")
  const homeDir = Option.getOrElse(Option.isSome(home) ? home : yield* text("USERPROFILE"), () => ".")
  const expand = (value: string) => path.resolve(expandHome(value, homeDir))
  const outputDir = yield* text("KLINGKIT_OUTPUT_DIR")
  const inputDirs = yield* text("KLINGKIT_INPUT_DIRS")
  const nameTemplate = yield* text("KLINGKIT_FILE_NAME")
  const separator = path.sep === "\\" ? ";" : ":"
  return {
    homeDir,
    outputDir: expand(Option.getOrElse(outputDir, () => path.join(homeDir, "klingkit"))),
    inputDirs: Option.getOrElse(inputDirs, () => "")
      .split(separator)
      .filter((folder) => folder.trim() !== "")
      .map(expand),
    ...(Option.isSome(nameTemplate) ? { nameTemplate: nameTemplate.value.trim() } : {}),
    privateHosts: yield* privateHosts
  } satisfies JobFolders
})

/** From `KLINGKIT_ACCOUNT`: the user's name for the Kling account. */
export const accountName = Effect.map(text("KLINGKIT_ACCOUNT"), (name) =>
  Option.match(name, { onNone: () => ({}), onSome: (account) => ({ account: account.trim() }) })
)

/** From `KLINGKIT_ORGANIZATION`: whose budget counts all that is paid through this program; `default` when it is not set. */
export const organizationName = Effect.map(text("KLINGKIT_ORGANIZATION"), (name) =>
  Option.getOrElse(name, () => "default").trim()
)

/** From `KLINGKIT_REPEAT_MINUTES`: how long after its end a job still answers for the same request. */
export const repeatWithin = Config.Number("KLINGKIT_REPEAT_MINUTES").pipe(
  Config.withDefault(10),
  Config.map((minutes) => ({ repeatWithin: Duration.minutes(minutes) }))
)

/** Folders and spend limits of a program with a single user. */
export const jobsConfig = Effect.gen(function* () {
  const config: JobsConfig = {
    ...(yield* jobFolders),
    ...(yield* accountName),
    limits: yield* spendLimits,
    ...(yield* repeatWithin),
    principal: localPrincipal,
    budgetLine: { organization: yield* organizationName, person: localPrincipal }
  }
  return config
})
