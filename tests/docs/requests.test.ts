import { type AnyRequest, makesJob, requests } from "@klingkit/core/requests"
import { findTool } from "@klingkit/tools"
import { execFile, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"
import { readText, root } from "../house/source-file.ts"
import { blocksOf } from "./reference-pages.ts"

const run = promisify(execFile)
const page = readText("docs/requests.md")
const paid: ReadonlyArray<AnyRequest> = requests.filter(makesJob)

const inFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "klingkit-docs-"))
  try {
    await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe("the page of requests", () => {
  it("is up to date, and no face lacks a request: `npm run generate` names one that does", () => {
    const { status, stderr } = spawnSync(process.execPath, ["scripts/generate.ts", "--check", "docs/requests.md"], {
      cwd: root,
      encoding: "utf8"
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
  })

  it("has an example of each request for every face", () => {
    const counts = ["sh", "ts", "json", "yaml"].map((language) => blocksOf(page, language).length)
    expect(counts).toEqual([requests.length, requests.length, requests.length, paid.length])
  })

  it("has lines that a batch takes as they are", () =>
    inFolder(async (folder) => {
      const file = join(folder, "lines.yaml")
      writeFileSync(file, blocksOf(page, "yaml").join(""))
      const args = [join(root, "apps/cli/bin/klingkit.mjs"), "batch", file, "--dry-run", "--json"]
      const { stdout } = await run(process.execPath, args, { env: { HOME: folder, PATH: process.env["PATH"] } })
      expect(JSON.parse(stdout).lines).toHaveLength(paid.length)
    }))

  it("has calls that the tools take", () => {
    const problems = blocksOf(page, "json").filter((block) => {
      const call = JSON.parse(block) as { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }
      const properties = findTool(call.name)?.inputSchema.properties ?? {}
      return Object.keys(call.arguments).some((name) => !Object.hasOwn(properties, name))
    })
    expect(problems).toEqual([])
  })

  it("has programs that compile", () =>
    inFolder(async (folder) => {
      const start = `import { createJobs } from "@klingkit/jobs/promise"\n\nconst jobs = createJobs()\n`
      writeFileSync(join(folder, "programs.ts"), start + blocksOf(page, "ts").join(""))
      const paths = {
        "@klingkit/core": [join(root, "packages/core/src/index.ts")],
        "@klingkit/core/requests": [join(root, "packages/core/src/requests/index.ts")],
        "@klingkit/jobs/promise": [join(root, "packages/jobs/src/node/promise-jobs.ts")]
      }
      const compilerOptions = { types: [join(root, "node_modules/@types/node")], noUnusedLocals: false, paths }
      const config = { extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["*.ts"] }
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
      writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
      const tsc = run(join(root, "node_modules/.bin/tsc"), ["-p", folder])
      const { stdout } = await tsc.catch((error: { readonly stdout: string }) => error)
      expect(stdout).toBe("")
    }))
})
