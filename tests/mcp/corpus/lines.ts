import { readFileSync } from "node:fs"

/** One line over stdio, or one body over HTTP, that some client sends and the SDK alone does not answer. */
export interface Line {
  readonly name: string
  readonly line: string
  /** The JSON text of each id that is answered: with a result, or with an error of this code. */
  readonly answers: Readonly<Record<string, "result" | number>>
  /** What the operator reads about it on stderr. */
  readonly report?: string
}

export const lines: ReadonlyArray<Line> = readFileSync(new URL("lines.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((text) => JSON.parse(text) as Line)
