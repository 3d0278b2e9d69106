// Writes docs/reference from the declarations in core; `--check` writes nothing and fails when a page is not fresh.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { referencePages } from "./pages.ts"

const folder = new URL("../../docs/reference/", import.meta.url)
const pages = referencePages()
const present = existsSync(folder) ? readdirSync(folder) : []
const left = present.filter((name) => !pages.has(name))
const stale = [...pages].filter(
  ([name, text]) => !present.includes(name) || readFileSync(new URL(name, folder), "utf8") !== text
)

if (!process.argv.includes("--check")) {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of stale) writeFileSync(new URL(name, folder), text)
  for (const name of left) rmSync(new URL(name, folder))
  process.stdout.write(`docs/reference: ${stale.length} pages written, ${left.length} removed, ${pages.size} in all\n`)
} else if (stale.length + left.length > 0) {
  const names = [...stale.map(([name]) => name), ...left].join(", ")
  process.stderr.write(`docs/reference is not fresh (${names}): run npm run generate\n`)
  process.exitCode = 1
}
