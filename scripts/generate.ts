// Writes docs/reference and docs/api from what the packages declare; `--check` writes nothing and fails when a file is
// not fresh. A folder's name limits it to that folder.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { referencePages } from "./reference/pages.ts"
import { surfaceReports } from "./surface/reports.ts"

/** Each folder belongs to its generator alone: a file that it does not write has no place there. */
const generators: Readonly<Record<string, () => ReadonlyMap<string, string>>> = {
  "docs/reference": referencePages,
  "docs/api": surfaceReports
}

const args = process.argv.slice(2)
const check = args.includes("--check")
const folders = args.filter((arg) => arg !== "--check")

const outcomes = Object.entries(generators)
  .filter(([folder]) => folders.length === 0 || folders.includes(folder))
  .map(([folder, generate]) => {
    const place = new URL(`../${folder}/`, import.meta.url)
    const files = generate()
    const present = existsSync(place) ? readdirSync(place) : []
    const left = present.filter((name) => !files.has(name))
    const stale = [...files].filter(
      ([name, text]) => !present.includes(name) || readFileSync(new URL(name, place), "utf8") !== text
    )
    return { folder, place, files, left, stale }
  })

if (check) {
  const names = outcomes.flatMap(({ folder, left, stale }) =>
    [...stale.map(([name]) => name), ...left].map((name) => `${folder}/${name}`)
  )
  if (names.length > 0) {
    process.stderr.write(`not fresh: ${names.join(", ")}; run npm run generate\n`)
    process.exitCode = 1
  }
} else {
  for (const { folder, place, files, left, stale } of outcomes) {
    mkdirSync(place, { recursive: true })
    for (const [name, text] of stale) writeFileSync(new URL(name, place), text)
    for (const name of left) rmSync(new URL(name, place))
    process.stdout.write(`${folder}: ${stale.length} written, ${left.length} removed, ${files.size} in all\n`)
  }
}
