import { parseJson } from "@klingkit/core/internal"
import { Effect, FileSystem, Option, Stdio, Stream } from "effect"
import { Flag } from "effect/cli"
import { usageError } from "../output/failure.ts"

export const inputFlag = Flag.String("input").pipe(
  Flag.withMetavar("file|-|json"),
  Flag.withDescription("the operation's input: a JSON file, - for standard input, or inline JSON; default {}"),
  Flag.optional
)

/** Larger than the largest request that Kling accepts, base64 images included. */
const maxBytes = 150_000_000

/** The value of `--input`. 64-bit ids keep their digits. */
export const readJsonInput = Effect.fnUntraced(function* (input: Option.Option<string>) {
  if (Option.isNone(input)) return {}
  const text = yield* readText(input.value)
  return yield* Effect.try({ try: () => parseJson(text), catch: () => notJson(text) })
})

const readText = Effect.fnUntraced(function* (source: string) {
  if (/^\s*[{[]/.test(source)) return source
  if (source === "-") {
    const stdio = yield* Stdio.Stdio
    return yield* stdio.stdin.pipe(
      Stream.decodeText(),
      Stream.mkString,
      Effect.mapError(() => inputError("cannot read standard input"))
    )
  }
  const fs = yield* FileSystem.FileSystem
  const info = yield* fs.stat(source).pipe(Effect.mapError(() => inputError(`cannot read ${source}`)))
  if (Number(info.size) > maxBytes) return yield* inputError(`${source} is larger than 150 MB`)
  return yield* fs.readFileString(source).pipe(Effect.mapError(() => inputError(`cannot read ${source}`)))
})

const notJson = (text: string) =>
  inputError(text.trim() === "" ? "is empty; pass JSON, {} for no fields" : "is not valid JSON")

const inputError = (message: string) => usageError([{ field: "--input", message }])
