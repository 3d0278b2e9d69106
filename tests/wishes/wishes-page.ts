import { readText } from "../house/source-file.ts"

/** A row of the table in `docs/wishes.md`. */
export interface Row {
  readonly row: string
  readonly says: string
  readonly tools: ReadonlyArray<string>
  readonly calls: number
  readonly refused: number
  readonly usd: number
  readonly maxBytes: number
}

/** `| 1 | "What the user says" | `tool` `tool` | 2 | 0 | $0.42 | 2.1 kB |` */
const rowOf = (line: string): Row => {
  const [row = "", says = "", tools = "", calls = "", refused = "", usd = "", kilobytes = ""] = line
    .split("|")
    .slice(1)
    .map((cell) => cell.trim())
  return {
    row,
    says,
    tools: [...tools.matchAll(/`(\w+)`(?: x (\d+))?/g)].flatMap(([, tool = "", times = "1"]) =>
      Array.from({ length: Number(times) }, () => tool)
    ),
    calls: Number(calls),
    refused: Number(refused),
    usd: Number(usd.replace(/^\$/, "")),
    maxBytes: Number(kilobytes.replace(/ kB$/, "")) * 1000
  }
}

/** The rows of the page, which are what the tests check. */
export const rows: ReadonlyArray<Row> = readText("docs/wishes.md")
  .split("\n")
  .filter((line) => /^\| \d+/.test(line))
  .map(rowOf)
