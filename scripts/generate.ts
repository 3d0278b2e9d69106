// Generates docs/reference, docs/requests.md, docs/api and the diagrams of docs/architecture.md from the code; `--check`
// writes nothing and fails if a file is stale. Names of folders or pages as arguments limit it to those.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { architecturePage } from "./architecture.ts"
import { referencePages } from "./reference/pages.ts"
import { requestsPage } from "./requests-page.ts"
import { surfaceReports } from "./surface/reports.ts"

/** Each folder belongs to its generator: other files in it are removed. */
const folders: Readonly<Record<string, () => ReadonlyMap<string, string>>> = {
  "docs/reference": referencePages,
  "docs/api": surfaceReports
}

const pages: Readonly<Record<string, () => string>> = {
  "docs/architecture.md": architecturePage,
  "docs/requests.md": requestsPage
}

const args = process.argv.slice(2)
const check = args.includes("--check")
const selected = args.filter((arg) => arg !== "--check")
const isSelected = ([name]: readonly [string, unknown]): boolean => selected.length === 0 || selected.includes(name)

const urlOf = (path: string): URL => new URL(`../${path}`, import.meta.url)
const isStale = ([path, text]: readonly [string, string]): boolean =>
  !existsSync(urlOf(path)) || readFileSync(urlOf(path), "utf8") !== text

const outcomes = [
  ...Object.entries(folders)
    .filter(isSelected)
    .map(([folder, generate]) => {
      const files = new Map([...generate()].map(([name, text]) => [`${folder}/${name}`, text]))
      const present = existsSync(urlOf(folder)) ? readdirSync(urlOf(folder)).map((name) => `${folder}/${name}`) : []
      return { name: folder, files, orphaned: present.filter((path) => !files.has(path)) }
    }),
  ...Object.entries(pages)
    .filter(isSelected)
    .map(([page, generate]) => ({ name: page, files: new Map([[page, generate()]]), orphaned: [] }))
].map((outcome) => ({ ...outcome, stale: [...outcome.files].filter(isStale) }))

if (check) {
  const paths = outcomes.flatMap(({ orphaned, stale }) => [...stale.map(([path]) => path), ...orphaned])
  if (paths.length > 0) {
    process.stderr.write(`stale: ${paths.join(", ")}; run npm run generate\n`)
    process.exitCode = 1
  }
} else {
  for (const { name, files, orphaned, stale } of outcomes) {
    for (const [path, text] of stale) {
      mkdirSync(urlOf(path.slice(0, path.lastIndexOf("/"))), { recursive: true })
      writeFileSync(urlOf(path), text)
    }
    for (const path of orphaned) rmSync(urlOf(path))
    process.stdout.write(`${name}: ${stale.length} written, ${orphaned.length} removed, ${files.size} in total\n`)
  }
}
