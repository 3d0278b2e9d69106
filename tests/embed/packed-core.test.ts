import { runEmulator, type RunningEmulator } from "@klingkit/emulator"
import { execFile } from "node:child_process"
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { root } from "../house/source-file.ts"

const run = promisify(execFile)
const bin = (name: string): string => join(root, "node_modules", ".bin", name)
const core = join(root, "packages", "core")

/** A project of somebody else: the packed core, what it asks for, and two programs. */
let project: string
let emulator: RunningEmulator

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), "klingkit-embed-"))
  const [packed] = await Promise.all([pack(project), runEmulator({ speed: 1_000_000 }).then((one) => (emulator = one))])
  const modules = join(project, "node_modules")
  mkdirSync(join(modules, "@klingkit"), { recursive: true })
  await run("tar", ["-xzf", packed, "-C", project])
  cpSync(join(project, "package"), join(modules, "@klingkit", "core"), { recursive: true })
  for (const name of ["effect", "image-size"]) {
    symlinkSync(realpathSync(join(core, "node_modules", name)), join(modules, name), "junction")
  }
  symlinkSync(realpathSync(join(root, "node_modules", "@types")), join(modules, "@types"), "junction")
  cpSync(join(root, "tests", "embed", "consumer"), project, { recursive: true })
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "somebody-else", type: "module", private: true }))
  const compilerOptions = {
    target: "es2024",
    module: "nodenext",
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    outDir: "built"
  }
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }))
}, 120_000)

afterAll(async () => {
  await emulator.close()
  rmSync(project, { recursive: true, force: true })
})

/** The path of the package as the registry would get it. */
const pack = async (folder: string): Promise<string> => {
  await run(bin("pnpm"), ["pack", "--pack-destination", folder], { cwd: core })
  const [file] = readdirSync(folder).filter((name) => name.endsWith(".tgz"))
  if (file === undefined) throw new Error("nothing was packed")
  return join(folder, file)
}

const program = async (name: string): Promise<unknown> => {
  const { stdout } = await run(process.execPath, [join(project, "built", name)], {
    cwd: project,
    env: { PATH: process.env["PATH"], KLINGAI_API_KEY: emulator.apiKey, KLINGAI_BASE_URL: emulator.url }
  })
  return JSON.parse(stdout)
}

describe("the packed core", () => {
  it("asks for exact versions and brings no source, no test and no tool along", () => {
    const packed = join(project, "node_modules", "@klingkit", "core")
    const { exports, dependencies, devDependencies } = JSON.parse(readFileSync(join(packed, "package.json"), "utf8"))
    expect(exports).toEqual({ ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } })
    expect(Object.keys(dependencies)).toEqual(["effect", "image-size"])
    expect(Object.values(dependencies).join(" ")).toMatch(/^\d+\.\d+\.\d+ \d+\.\d+\.\d+$/)
    expect(JSON.stringify(devDependencies ?? {})).not.toContain("workspace:")
    const files = readdirSync(packed, { recursive: true }).map(String)
    expect(files.filter((file) => /\.test\.|testing|(?<!\.d)\.ts$/.test(file))).toEqual([])
  })

  it("compiles where it is embedded, in the strictest manner, its types kept", async () => {
    const { stdout } = await run(bin("tsc"), ["-p", project]).catch((error: { stdout: string }) => error)
    expect(stdout).toBe("")
  })

  it("works there, with Effect and without", async () => {
    expect(await program("with-effect.js")).toMatchObject({
      task: { status: "succeed", outputs: [{ type: "video", url: expect.stringMatching(/^http/) }] },
      refused: "KLING_INVALID_INPUT"
    })
    expect(await program("with-promises.js")).toMatchObject({
      task: { status: "succeed", outputs: [{ type: "image" }, { type: "image" }] },
      refused: "KLING_INVALID_INPUT",
      names: expect.arrayContaining([expect.any(String)])
    })
    const { charges } = (await (await fetch(`${emulator.url}/_emulator/ledger`)).json()) as {
      charges: ReadonlyArray<{ operation: string }>
    }
    expect(charges.map(({ operation }) => operation)).toEqual(["new.t2v.kling-3.0", "legacy.images.generations"])
  })
})
