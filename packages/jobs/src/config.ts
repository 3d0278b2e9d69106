import { Config, Effect, Option, Path } from "effect"
import { type SpendLimits, spendLimits } from "./spend-limits.ts"

/** Where files go and what they are called, and where files may be read and fetched from. Absolute paths. */
export interface JobFolders {
  /** What `~` stands for. */
  readonly homeDir: string
  readonly outputDir: string
  /** Extra roots for reading; `anywhere` when a person at a shell names the file. */
  readonly inputDirs: ReadonlyArray<string> | "anywhere"
  /** How results are named below the output folder: `{date}/{model}-{handle}`. */
  readonly nameTemplate?: string
  /** Hosts of results that may be in a private network: `mirror.example.com`, `*.example.com`. */
  readonly privateHosts?: ReadonlyArray<string>
}

export interface JobsConfig extends JobFolders {
  readonly limits: SpendLimits
  /** Whose jobs these are; `local` for a program that serves one person. */
  readonly principal: string
  /** The program stays: it goes on with chains that others left. One that is gone in a moment would only cut them off. */
  readonly isResident?: boolean
}

const text = (name: string) =>
  Config.option(Config.String(name)).pipe(Config.map(Option.filter((value) => value.trim() !== "")))

/**
 * From `KLINGKIT_OUTPUT_DIR` (default `~/klingkit`), `KLINGKIT_INPUT_DIRS` (several, parted as PATH is),
 * `KLINGKIT_FILE_NAME` (a template) and `KLINGKIT_PRIVATE_HOSTS` (a comma list).
 */
export const jobFolders = Effect.gen(function* () {
  const path = yield* Path.Path
  const home = yield* text("HOME")
  const homeDir = Option.getOrElse(Option.isSome(home) ? home : yield* text("USERPROFILE"), () => ".")
  const expand = (value: string) => path.resolve(expandHome(value, homeDir))
  const outputDir = yield* text("KLINGKIT_OUTPUT_DIR")
  const inputDirs = yield* text("KLINGKIT_INPUT_DIRS")
  const nameTemplate = yield* text("KLINGKIT_FILE_NAME")
  const privateHosts = yield* text("KLINGKIT_PRIVATE_HOSTS")
  const separator = path.sep === "\\" ? ";" : ":"
  return {
    homeDir,
    outputDir: expand(Option.getOrElse(outputDir, () => path.join(homeDir, "klingkit"))),
    inputDirs: Option.getOrElse(inputDirs, () => "")
      .split(separator)
      .filter((one) => one.trim() !== "")
      .map(expand),
    ...(Option.isSome(nameTemplate) ? { nameTemplate: nameTemplate.value.trim() } : {}),
    privateHosts: Option.getOrElse(privateHosts, () => "")
      .split(",")
      .map((one) => one.trim().toLowerCase())
      .filter((one) => one !== "")
  } satisfies JobFolders
})

/** Folders and spend limits of a program that serves one person. */
export const jobsConfig = Effect.gen(function* () {
  const config: JobsConfig = { ...(yield* jobFolders), limits: yield* spendLimits, principal: "local" }
  return config
})

/** `~/films` with the home folder in place of the tilde. */
export const expandHome = (value: string, homeDir: string): string => value.replace(/^~(?=$|[\\/])/, homeDir)
