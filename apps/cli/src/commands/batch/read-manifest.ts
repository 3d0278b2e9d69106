import { parseJson } from "@klingkit/core"
import { Effect, FileSystem, Path, Predicate, Stream } from "effect"
import { Csv, Yaml } from "effect/encoding"
import { usageError } from "../../output/failure.ts"

/** A line of a manifest as it was written: names and values. */
export type WrittenLine = Readonly<Record<string, unknown>>

export interface Manifest {
  /** Part of every line's key, so that two manifests may hold the same line. */
  readonly name: string
  readonly lines: ReadonlyArray<WrittenLine>
}

/**
 * Reads a manifest by its ending: CSV with a head line; YAML or JSON with a list, or with `name`, `defaults` and the list
 * under the name given: `lines`.
 */
export const readManifest = Effect.fnUntraced(function* (file: string, list: "lines" | "steps" = "lines") {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const text = yield* fs.readFileString(file).pipe(Effect.mapError(() => wrong(`${file} is no file that can be read`)))
  const ending = path.extname(file).toLowerCase()
  const read = yield* contentOf(text, ending).pipe(
    Effect.mapError((detail) =>
      wrong(`${file} cannot be read as ${ending === "" ? "a manifest" : ending.slice(1)}: ${detail}`)
    )
  )
  const name = path.basename(file)
  if (Array.isArray(read)) return yield* manifestOf(name, {}, read)
  const { name: given, defaults, [list]: lines } = (Predicate.isObject(read) ? read : {}) as WrittenLine
  if (!Array.isArray(lines)) return yield* wrong(`${file} holds no list of ${list}`)
  return yield* manifestOf(
    typeof given === "string" ? given : name,
    Predicate.isObject(defaults) ? defaults : {},
    lines
  )
})

const manifestOf = (name: string, defaults: object, lines: ReadonlyArray<unknown>) => {
  const odd = lines.findIndex((line) => !Predicate.isObject(line) || Array.isArray(line))
  if (odd !== -1) return wrong(`line ${odd + 1} is no object with named fields`)
  if (lines.length === 0) return wrong("it has no lines")
  return Effect.succeed<Manifest>({ name, lines: lines.map((line) => ({ ...defaults, ...(line as object) })) })
}

const contentOf = (text: string, ending: string): Effect.Effect<unknown, string> => {
  switch (ending) {
    case ".csv":
      // An empty cell was not given.
      return Stream.make(text).pipe(
        Stream.pipeThroughChannel(Csv.decodeString({ headers: true })),
        Stream.runCollect,
        Effect.map((rows) =>
          rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value.trim() !== "")))
        ),
        Effect.mapError((error) => error.message)
      )
    case ".yaml":
    case ".yml":
      return parsed(() => Yaml.parse(text))
    case ".json":
      return parsed(() => parseJson(text))
    default:
      return Effect.fail("its name must end in .csv, .yaml, .yml or .json")
  }
}

const parsed = (parse: () => unknown): Effect.Effect<unknown, string> =>
  Effect.try({ try: parse, catch: (error) => (error instanceof Error ? error.message : String(error)) })

const wrong = (message: string) => usageError([{ field: "<manifest>", message }])
