import { execFile } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"
import { linkedBin, temporaryFolder } from "../cli/testing/built-klingkit.ts"
import { readText } from "../house/source-file.ts"
import { blocksOf } from "./reference-pages.ts"

const run = promisify(execFile)
const page = readText("docs/batch.md")

describe("the manifests of the page on batches", () => {
  it.each(["csv", "yaml"])("are accepted as they stand: %s", async (kind) => {
    const [manifest = ""] = blocksOf(page, kind)
    const folder = temporaryFolder()
    const file = join(folder, `films.${kind}`)
    writeFileSync(file, manifest)
    const env = { KLINGAI_API_KEY: "k", HOME: folder, PATH: process.env["PATH"] }
    const { stdout } = await run(linkedBin, ["batch", file, "--dry-run", "--json"], { env })
    expect(JSON.parse(stdout)).toMatchObject({
      dryRun: true,
      quote: { usd: 1.372, state: "exact" },
      lines: [{ id: "fox" }, { id: "boat" }, { id: "house" }]
    })
  })
})

describe("the films of the page on chains", () => {
  it.each(blocksOf(readText("docs/chains.md"), "yaml"))("are accepted as they stand: %#", async (film) => {
    const folder = temporaryFolder()
    const file = join(folder, "film.yaml")
    writeFileSync(file, film)
    const env = { KLINGAI_API_KEY: "k", HOME: folder, PATH: process.env["PATH"] }
    const { stdout } = await run(linkedBin, ["chain", "run", file, "--dry-run", "--json"], { env })
    const { steps } = JSON.parse(stdout) as { readonly steps: ReadonlyArray<unknown> }
    expect(steps.length).toBeGreaterThanOrEqual(4)
  })
})
