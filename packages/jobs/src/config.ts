import { Config, Effect, Option, Path } from "effect"
import { type SpendLimits, spendLimits } from "./spend-limits.ts"

/** Where files go, and where pictures may be read from. Absolute paths. */
export interface JobFolders {
  /** What `~` stands for. */
  readonly homeDir: string
  readonly outputDir: string
  /** Extra roots for reading; `anywhere` when a person at a shell names the file. */
  readonly inputDirs: ReadonlyArray<string> | "anywhere"
}

export interface JobsConfig extends JobFolders {
  readonly limits: SpendLimits
  /** Whose jobs these are; `local` for a program that serves one person. */
  readonly principal: string
}

const text = (name: string) =>
  Config.option(Config.String(name)).pipe(Config.map(Option.filter((value) => value.trim() !== "")))

/** From `KLINGKIT_OUTPUT_DIR` (default `~/klingkit`) and `KLINGKIT_INPUT_DIRS` (several, parted as PATH is). */
export const jobFolders = Effect.gen(function* () {
  const path = yield* Path.Path
  const home = yield* text("HOME")
  const homeDir = Option.getOrElse(Option.isSome(home) ? home : yield* text("USERPROFILE"), () => ".")
  const expand = (value: string) => path.resolve(expandHome(value, homeDir))
  const outputDir = yield* text("KLINGKIT_OUTPUT_DIR")
  const inputDirs = yield* text("KLINGKIT_INPUT_DIRS")
  const separator = path.sep === "\\" ? ";" : ":"
  return {
    homeDir,
    outputDir: expand(Option.getOrElse(outputDir, () => path.join(homeDir, "klingkit"))),
    inputDirs: Option.getOrElse(inputDirs, () => "")
      .split(separator)
      .filter((one) => one.trim() !== "")
      .map(expand)
  } satisfies JobFolders
})

/** Folders and spend limits of a program that serves one person. */
export const jobsConfig = Effect.gen(function* () {
  const config: JobsConfig = { ...(yield* jobFolders), limits: yield* spendLimits, principal: "local" }
  return config
})

/** `~/films` with the home folder in place of the tilde. */
export const expandHome = (value: string, homeDir: string): string => value.replace(/^~(?=$|[\\/])/, homeDir)
