import { sanitizeText } from "@klingkit/core/internal"

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string | undefined
}

/** A table with a header for a terminal, tab-separated rows for a pipe. Cells are sanitized. */
export const table = <Row>(
  rows: ReadonlyArray<Row>,
  columns: ReadonlyArray<Column<Row>>,
  isTerminal: boolean
): string => {
  const cells = rows.map((row) => columns.map(({ value }) => sanitizeText(value(row) ?? "", 200)))
  if (!isTerminal) return cells.map((row) => row.join("\t")).join("\n")
  if (rows.length === 0) return `No ${columns[0]?.title ?? "row"}s found.`
  const header = columns.map(({ title }) => title.toUpperCase())
  const widths = header.map((title, index) => Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)))
  return [header, ...cells]
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}
