import { runEmulator, type RunningEmulator } from "@klingkit/emulator"
import { execFile } from "node:child_process"
import {
  cpSync,
  existsSync,
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
const libraries = ["core", "media", "jobs"]

/** A consumer's project: the packed libraries, their dependencies, and programs. */
let project: string
let emulator: RunningEmulator

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), "klingkit-embed-"))
  const modules = join(project, "node_modules")
  for (const scope of ["@klingkit", "@effect"]) mkdirSync(join(modules, scope), { recursive: true })
  await Promise.all([
    ...libraries.map((name) => install(name, modules)),
    runEmulator({ speed: 1_000_000 }).then((running) => (emulator = running))
  ])
  symlinkSync(realpathSync(join(root, "node_modules", "@types")), join(modules, "@types"), "junction")
  cpSync(join(root, "tests", "embed", "consumer"), project, { recursive: true })
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "consumer", type: "module", private: true }))
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
})

afterAll(async () => {
  await emulator.close()
  rmSync(project, { recursive: true, force: true })
})

/** Installs a package as published, with its dependencies. */
const install = async (name: string, modules: string): Promise<void> => {
  const folder = join(root, "packages", name)
  const target = join(modules, "@klingkit", name)
  mkdirSync(target)
  await run(bin("pnpm"), ["pack", "--out", join(project, `${name}.tgz`)], { cwd: folder })
  await run("tar", ["-xzf", join(project, `${name}.tgz`), "--strip-components", "1", "-C", target])
  for (const dependency of Object.keys(manifestOf(target).dependencies)) {
    const link = join(modules, dependency)
    if (dependency.startsWith("@klingkit/") || existsSync(link)) continue
    symlinkSync(realpathSync(join(folder, "node_modules", dependency)), link, "junction")
  }
}

interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest

const start = (name: string, ...args: ReadonlyArray<string>) =>
  run(process.execPath, [join(project, "built", name), ...args], {
    cwd: project,
    env: { PATH: process.env["PATH"], KLINGAI_API_KEY: emulator.apiKey, KLINGAI_BASE_URL: emulator.url }
  })

const program = async (...args: Parameters<typeof start>): Promise<unknown> => JSON.parse((await start(...args)).stdout)

/** What a real account would have been charged, by operation. */
const charged = async (): Promise<ReadonlyArray<string>> => {
  const { charges } = (await (await fetch(`${emulator.url}/_emulator/ledger`)).json()) as {
    charges: ReadonlyArray<{ operation: string }>
  }
  return charges.map(({ operation }) => operation)
}

describe("the packed libraries", () => {
  it.each([
    ["core", [".", "./internal", "./requests"], ["effect", "image-size", "zod"]],
    [
      "media",
      [".", "./internal", "./node"],
      ["@effect/platform-node", "@klingkit/core", "effect", "ipaddr.js", "jpeg-js", "mediabunny"]
    ],
    [
      "jobs",
      [".", "./internal", "./ledger", "./maintenance", "./node", "./postgres", "./promise", "./sqlite"],
      ["@effect/platform-node", "@effect/sql-pg", "@klingkit/core", "@klingkit/media", "effect"]
    ]
  ])("pin exact versions and contain no sources, tests or tools: %s", (name, entries, expected) => {
    const packed = join(project, "node_modules", "@klingkit", name)
    const { exports, dependencies, devDependencies } = manifestOf(packed)
    expect(Object.keys(exports)).toEqual(entries)
    expect(JSON.stringify(exports)).not.toContain("src/")
    expect(Object.keys(dependencies)).toEqual(expected)
    for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
    expect(JSON.stringify(devDependencies ?? {})).not.toContain("workspace:")
    const files = readdirSync(packed, { recursive: true }).map(String)
    expect(files.filter((file) => /\.test\.|testing|(?<!\.d)\.ts$/.test(file))).toEqual([])
  })

  it("compile in a consumer's project in strict mode, with their types", async () => {
    const { stdout } = await run(bin("tsc"), ["-p", project]).catch((error: { stdout: string }) => error)
    expect(stdout).toBe("")
  })

  it("work there, with Effect and without", async () => {
    expect(await program("with-effect.js")).toMatchObject({
      task: { status: "succeed", outputs: [{ type: "video", url: expect.stringMatching(/^http/) }] },
      refused: "KLING_INVALID_INPUT"
    })
    expect(await program("with-promises.js")).toMatchObject({
      task: { status: "succeed", outputs: [{ type: "image" }, { type: "image" }] },
      refused: "KLING_INVALID_INPUT",
      names: expect.arrayContaining([expect.any(String)])
    })
    expect(await charged()).toEqual(["new.t2v.kling-3.0", "legacy.images.generations"])
  })

  it("make durable jobs there: a program killed after it has submitted pays for its video once, and gets it", async () => {
    const before = await charged()
    const killed = await start("with-jobs.js").catch((error: { stdout: string; signal: string }) => error)
    expect(killed).toMatchObject({ signal: "SIGKILL" })
    const handle = JSON.parse(killed.stdout) as string
    expect(await program("with-jobs.js", handle)).toMatchObject({
      status: "succeed",
      repeated: handle,
      polls: 1,
      file: { mimeType: "video/mp4", path: join(realpathSync(project), "videos", `${handle}.mp4`) },
      refused: ["KLING_INVALID_INPUT", "OverBudget"]
    })
    expect(readdirSync(join(project, "videos")).toSorted()).toEqual([`${handle}.mp4`, `${handle}.mp4.json`])
    expect((await charged()).slice(before.length)).toEqual(["new.t2v.kling-3.0-turbo"])
  })
})
