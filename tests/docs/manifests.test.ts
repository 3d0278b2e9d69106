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

describe("the manifests in docs/batch.md", () => {
  it.each(["csv", "yaml"])("are valid: %s", async (kind) => {
    const [manifest = ""] = blocksOf(page, kind)
    const folder = temporaryFolder()
    const file = join(folder, `videos.${kind}`)
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

describe("the pipelines in `docs/pipelines.md`", () => {
  it.each(blocksOf(readText("docs/pipelines.md"), "yaml"))("are valid: %#", async (manifest) => {
    const folder = temporaryFolder()
    const file = join(folder, "pipeline.yaml")
    writeFileSync(file, manifest)
    const env = { KLINGAI_API_KEY: "k", HOME: folder, PATH: process.env["PATH"] }
    const { stdout } = await run(linkedBin, ["pipeline", "run", file, "--dry-run", "--json"], { env })
    const { steps } = JSON.parse(stdout) as { readonly steps: ReadonlyArray<unknown> }
    expect(steps.length).toBeGreaterThanOrEqual(4)
  })
})
