import { untrustedText } from "@klingkit/core"

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string | undefined
}

/** A table with a head line for a terminal; plain tab-separated rows for a pipe. Cells are cleaned of control characters. */
export const table = <Row>(
  rows: ReadonlyArray<Row>,
  columns: ReadonlyArray<Column<Row>>,
  isTerminal: boolean
): string => {
  const cells = rows.map((row) => columns.map(({ value }) => untrustedText(value(row) ?? "", 200)))
  if (!isTerminal) return cells.map((row) => row.join("\t")).join("\n")
  if (rows.length === 0) return "Nothing to show."
  const head = columns.map(({ title }) => title.toUpperCase())
  const widths = head.map((title, index) => Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)))
  return [head, ...cells]
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}
