import { Effect, FileSystem, Option, Stdio, Stream } from "effect"
import { decodeText } from "./decode-text.ts"
import { usageError } from "../output/failure.ts"

/** More than any text that Kling takes: a larger file is another one than was meant. */
const maxBytes = 200_000

/**
 * The words that an argument stands for: `-` is standard input, `@prompt.txt` is a text file, and anything else is what it says. A
 * name with spaces is a file only if there is one: `@hero waves` may be a prompt. `@@` is an @ at the beginning.
 */
export const readTextArgument = Effect.fnUntraced(function* (argument: string, value: string) {
  const invalid = (message: string) => usageError([{ field: `<${argument}>`, message }])
  const fs = yield* FileSystem.FileSystem
  const decoded = (bytes: Uint8Array, source: string) =>
    Effect.fromResult(decodeText(bytes)).pipe(
      Effect.mapError(() => invalid(`${source} is not text in UTF-8`)),
      Effect.map((text) => text.trim()),
      Effect.filterOrFail(
        (text) => text !== "",
        () => invalid(`${source} is empty`)
      )
    )
  if (value === "-") {
    const stdio = yield* Stdio.Stdio
    const bytes = yield* Effect.mapError(Stream.mkUint8Array(stdio.stdin), () =>
      invalid("standard input cannot be read")
    )
    return yield* decoded(bytes, "standard input")
  }
  if (!value.startsWith("@")) return value
  if (value.startsWith("@@")) return value.slice(1)
  const path = value.slice(1)
  const found = yield* Effect.option(fs.stat(path))
  if (Option.isNone(found)) {
    return /\s/.test(path)
      ? value
      : yield* invalid(`there is no file ${path}; write @${value} for the words themselves`)
  }
  if (Number(found.value.size) > maxBytes) return yield* invalid(`${path} is larger than 200 kB`)
  const bytes = yield* fs.readFile(path).pipe(Effect.mapError(() => invalid(`cannot read ${path}`)))
  return yield* decoded(bytes, path)
})
