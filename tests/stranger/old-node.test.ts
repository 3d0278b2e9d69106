import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { root } from "../house/source-file.ts"

/** Node says that it is an old one. */
const pretend = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } })`

it.each([
  ["klingkit", "cli"],
  ["klingkit-mcp", "mcp-stdio"],
  ["klingkit-mcp-http", "mcp-http"]
])("%s tells the user of an old Node which one it needs", (name, app) => {
  const entry = join(root, "apps", app, "bin", `${name}.mjs`)
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(pretend)}`, entry],
    { encoding: "utf8", env: {} }
  )
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: "",
    stderr: expect.stringMatching(new RegExp(`^${name} needs Node 22\\.19 or newer; this is v\\S+\n$`))
  })
  // Old ones know none of the names that newer ones export, and stop at such an import before the first line runs.
  expect(readFileSync(entry, "utf8")).not.toMatch(/import \{/)
})
