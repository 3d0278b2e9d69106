import type { Problem } from "@klingkit/core"
import { parseJson } from "@klingkit/core/internal"
import { Data, Effect, FileSystem, Path, Predicate } from "effect"
import { Yaml } from "effect/encoding"
import { usageError } from "../../output/failure.ts"
import { decodeText } from "../decode-text.ts"
import { readCsv } from "./read-csv.ts"

/** A manifest line before validation: field names and values. */
export type RawLine = Readonly<Record<string, unknown>>

export interface Manifest {
  /** Part of every line's key, so that two manifests may contain the same line. */
  readonly name: string
  readonly lines: ReadonlyArray<RawLine>
}

/**
 * Reads a manifest by its file extension: CSV with a header; YAML or JSON with a list, or with `name`, `defaults` and
 * the list under `lines` or `steps`. Any encoding but UTF-8 is marked by the file or named by the user.
 */
export const readManifest = Effect.fnUntraced(function* (
  file: string,
  list: "lines" | "steps" = "lines",
  encoding?: string
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const bytes = yield* fs.readFile(file).pipe(Effect.mapError(() => manifestError(`cannot read ${file}`)))
  const text = yield* Effect.fromResult(decodeText(bytes, encoding)).pipe(
    Effect.mapError((detail) => manifestError(`${file} ${detail}`))
  )
  const extension = path.extname(file).toLowerCase()
  const content = yield* contentOf(text, extension).pipe(
    Effect.mapError(({ problems }) =>
      usageError(
        problems.map((problem) => ({
          ...problem,
          field:
            `<manifest> cannot read ${file} as ${extension === "" ? "a manifest" : extension.slice(1)}: ${problem.field}`.trimEnd()
        }))
      )
    )
  )
  const name = path.basename(file)
  if (Array.isArray(content)) return yield* manifestOf(name, {}, content)
  const { name: ownName, defaults, [list]: lines } = (Predicate.isObject(content) ? content : {}) as RawLine
  if (!Array.isArray(lines)) return yield* manifestError(`${file} has no list of ${list}`)
  return yield* manifestOf(
    typeof ownName === "string" ? ownName : name,
    Predicate.isObject(defaults) ? defaults : {},
    lines
  )
})

const manifestOf = (name: string, defaults: object, lines: ReadonlyArray<unknown>) => {
  const invalid = lines.findIndex((line) => !Predicate.isObject(line) || Array.isArray(line))
  if (invalid !== -1) return manifestError(`line ${invalid + 1} is not an object with named fields`)
  if (lines.length === 0) return manifestError("the manifest is empty")
  return Effect.succeed<Manifest>({ name, lines: lines.map((line) => ({ ...defaults, ...(line as object) })) })
}

/** The content is not of the format that the file name says. */
class UnreadableManifest extends Data.TaggedError("UnreadableManifest")<{
  readonly problems: ReadonlyArray<Problem>
}> {}

const unreadable = (message: string) => new UnreadableManifest({ problems: [{ field: "", message }] })

const contentOf = (text: string, extension: string): Effect.Effect<unknown, UnreadableManifest> => {
  switch (extension) {
    case ".csv":
    case ".tsv":
      return Effect.mapError(readCsv(text), (problems) => new UnreadableManifest({ problems }))
    case ".yaml":
    case ".yml":
      return parsed(() => Yaml.parse(text))
    case ".json":
      return parsed(() => parseJson(text))
    default:
      return Effect.fail(unreadable("the file name must end in .csv, .tsv, .yaml, .yml or .json"))
  }
}

const parsed = (parse: () => unknown): Effect.Effect<unknown, UnreadableManifest> =>
  Effect.try({
    try: parse,
    catch: (error) => unreadable(error instanceof Error ? error.message : String(error))
  })

const manifestError = (message: string) => usageError([{ field: "<manifest>", message }])
