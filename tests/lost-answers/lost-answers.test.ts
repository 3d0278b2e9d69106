import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { beforeAll, describe, expect, it } from "vitest"
import { readText, root } from "../house/source-file.ts"

interface Row {
  readonly name: string
  /** Its line in the table. */
  readonly line: string
  readonly cells: Readonly<
    Record<
      string,
      { readonly commits: number; readonly creates: number; readonly ended: string; readonly message: string }
    >
  >
}

const page = readText("docs/lost-answers.md")
/** The table's lines about klingkit. */
const published = page.split("\n").filter((line) => line.startsWith("| @klingkit/"))

let rows: ReadonlyArray<Row> = []
beforeAll(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["scripts/lost-answers/main.ts", "--ours"], {
    cwd: root
  })
  rows = JSON.parse(stdout) as ReadonlyArray<Row>
}, 240_000)

describe("a request whose answer is lost", () => {
  it("is measured for both packages, in the same five cases", () => {
    const cases = ["lost-once", "lost-always", "page-502", "no-balance", "status-503"]
    expect(rows.map(({ name, cells }) => [name, Object.keys(cells)])).toEqual([
      ["@klingkit/core", cases],
      ["@klingkit/jobs", cases]
    ])
  })

  it.each(["lost-once", "lost-always", "page-502", "status-503"])("is paid once, and its video arrives: %s", (id) => {
    const paidOnce = { commits: 1, creates: 1, ended: "success", message: "" }
    expect(rows.map(({ cells }) => cells[id])).toEqual(rows.map(() => expect.objectContaining(paidOnce)))
  })

  it("is not retried when the balance is used up, though the status is 429", () => {
    const refused = { commits: 0, creates: 1, ended: "error", message: expect.stringContaining("code 1102") }
    expect(rows.map(({ cells }) => cells["no-balance"])).toEqual(rows.map(() => expect.objectContaining(refused)))
  })

  it("matches docs/lost-answers.md", () => {
    expect(published).toEqual(rows.map(({ line }) => line))
  })
})
