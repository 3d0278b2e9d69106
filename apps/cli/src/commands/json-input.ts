import { parseJson } from "@klingkit/core"
import { Effect, FileSystem, Option, Stdio, Stream } from "effect"
import { Flag } from "effect/cli"
import { usageError } from "../output/failure.ts"

export const inputFlag = Flag.String("input").pipe(
  Flag.withMetavar("file|-|json"),
  Flag.withDescription("the operation's input: a JSON file, - for standard input, or the JSON itself; default {}"),
  Flag.optional
)

/** Inputs are small, but for pictures as base64: the largest request that Kling takes stays below. */
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
      Effect.mapError(() => wrongInput("standard input cannot be read"))
    )
  }
  const fs = yield* FileSystem.FileSystem
  const info = yield* fs.stat(source).pipe(Effect.mapError(() => wrongInput(`${source} is no file that can be read`)))
  if (Number(info.size) > maxBytes) return yield* wrongInput(`${source} is larger than 150 MB`)
  return yield* fs
    .readFileString(source)
    .pipe(Effect.mapError(() => wrongInput(`${source} is no file that can be read`)))
})

const notJson = (text: string) =>
  wrongInput(text.trim() === "" ? "is empty; JSON is needed, {} for nothing" : "is not valid JSON")

const wrongInput = (message: string) => usageError([{ field: "--input", message }])
