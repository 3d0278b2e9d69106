import { expect, it } from "@effect/vitest"
import { table } from "./table.ts"

const columns = [
  { title: "name", value: (row: { name: string }) => row.name },
  { title: "size", value: (row: { name: string; size?: number }) => row.size?.toString() }
]

it("aligns columns for a terminal and separates them by tabs for a pipe", () => {
  const rows = [{ name: "boat.mp4", size: 12 }, { name: "x" }]
  expect(table(rows, columns, true)).toBe("NAME      SIZE\nboat.mp4  12\nx")
  expect(table(rows, columns, false)).toBe("boat.mp4\t12\nx\t")
})

it("removes tabs, line breaks and escape sequences from cells", () => {
  expect(table([{ name: "a\tb\nc\u001b[31md" }], columns, false)).toBe("a b cd\t")
})
