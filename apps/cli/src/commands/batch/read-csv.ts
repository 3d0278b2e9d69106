import type { Problem } from "@klingkit/core"
import { Effect, Stream } from "effect"
import { Csv } from "effect/encoding"
import type { RawLine } from "./read-manifest.ts"

const delimiters = [",", ";", "\t"] as const

/**
 * The rows of a CSV file under its header, separated by commas, semicolons or tabs. Empty cells are absent and empty rows are
 * skipped. Fails with what is wrong, row by row.
 */
export const readCsv = Effect.fnUntraced(function* (
  text: string
): Effect.fn.Return<ReadonlyArray<RawLine>, ReadonlyArray<Problem>> {
  const [, declared, content = text] = /^sep=([,;\t])\r?\n([^]*)$/.exec(text) ?? []
  const delimiter = declared ?? delimiterOf(content)
  const rows = yield* Stream.make(content).pipe(
    Stream.pipeThroughChannel(Csv.decodeString({ delimiter, ignoreEmptyLines: true })),
    Stream.runCollect,
    Effect.mapError(({ message, line }) => [{ field: "", message: `line ${line} of the file: ${message}` }])
  )
  const [header = [], ...records] = rows.filter((row) => row.some((cell) => cell.trim() !== ""))
  const names = header.map((name) => name.trim())
  const problems = [
    ...namesTwice(names),
    ...records.flatMap((row, index) => rowProblems(names, row, index + 1, delimiter))
  ]
  if (problems.length > 0) return yield* Effect.fail(problems)
  return records.map((row) =>
    Object.fromEntries(
      names.flatMap((name, column) => {
        const cell = row[column] ?? ""
        return name === "" || cell.trim() === "" ? [] : [[name, cell]]
      })
    )
  )
})

/** The one that occurs most in the header, outside of quotes. */
const delimiterOf = (text: string): string => {
  const header = /^(?:[^"\r\n]|"[^"]*")*/.exec(text)?.[0].replaceAll(/"[^"]*"/g, "") ?? ""
  const count = (delimiter: string) => header.split(delimiter).length
  return delimiters.toSorted((a, b) => count(b) - count(a))[0] ?? ","
}

const namesTwice = (names: ReadonlyArray<string>): ReadonlyArray<Problem> =>
  [...new Set(names.filter((name, index) => name !== "" && names.indexOf(name) !== index))].map((field) => ({
    field,
    message: "is twice in the header"
  }))

const rowProblems = (
  names: ReadonlyArray<string>,
  row: ReadonlyArray<string>,
  number: number,
  delimiter: string
): ReadonlyArray<Problem> => {
  const field = `line ${number}:`
  if (row.length !== names.length) {
    const shown = delimiter === "\t" ? "tab" : delimiter
    const message = `has ${row.length} cells, the header has ${names.length}; put a text that contains a ${shown} in quotes`
    return [{ field, message }]
  }
  return row.flatMap((cell, column) =>
    names[column] === "" && cell.trim() !== ""
      ? [
          {
            field,
            message: `has ${JSON.stringify(cell.slice(0, 40))} in column ${column + 1}, which has no name in the header`
          }
        ]
      : []
  )
}
