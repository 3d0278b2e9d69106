import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { runEmulator } from "@klingkit/emulator"
import { describe, expect, it, onTestFinished } from "vitest"
import { klingkit, start, temporaryFolder } from "./testing/built-klingkit.ts"

describe("klingkit demo", () => {
  it("makes an image and a video through klingkit-mcp without a key, repeatedly", async () => {
    const cwd = temporaryFolder()
    const folder = join(cwd, "klingkit-demo")
    const first = await klingkit(["demo"], { cwd }).ended
    expect([first.exitCode, first.stderr]).toEqual([0, expect.stringContaining("nothing here costs money")])
    expect(first.stdout).toMatch(/^HANDLE +MODEL +COST +FILE\nkk-img-\w{26} .*\$0\.028 .*\nkk-t2v-\w{26} .*\$0\.42 /)
    expect(first.stdout).toContain(`The files are in ${folder}\n`)

    const second = await klingkit(["demo", "--json"], { cwd }).ended
    expect(JSON.parse(second.stdout)).toMatchObject({
      folder,
      results: [
        { what: "image", handle: expect.stringMatching(/^kk-img-/), usd: 0.028, file: join(folder, "demo-image.png") },
        { what: "video", handle: expect.stringMatching(/^kk-t2v-/), usd: 0.42, file: join(folder, "demo-video.mp4") }
      ]
    })
    expect(readFileSync(join(folder, "demo-image.png")).subarray(1, 4).toString()).toBe("PNG")
    expect(readFileSync(join(folder, "demo-video.mp4")).subarray(4, 8).toString()).toBe("ftyp")
    expect(readdirSync(folder).filter((name) => !name.endsWith(".json"))).toEqual(["demo-image.png", "demo-video.mp4"])
  })

  it("with an account only prints the cost", async () => {
    const cwd = temporaryFolder()
    const env = { KLINGAI_API_KEY: "some-key", KLINGAI_BASE_URL: "http://127.0.0.1:9" }
    const { exitCode, stdout } = await klingkit(["demo", "--json"], { env, cwd }).ended
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { live: false, totalUsd: 0.448 }])
    expect(existsSync(join(cwd, "klingkit-demo"))).toBe(false)
  })
})

describe("klingkit demo --live", () => {
  it("makes both on the account, within its limits", async () => {
    const account = await runEmulator({ speed: 1e6, seed: 1 })
    onTestFinished(() => account.close())
    const env = { KLINGAI_BASE_URL: account.url, KLINGAI_API_KEY: account.apiKey }
    const charges = async () => {
      const ledger = await fetch(`${account.url}/_emulator/ledger`)
      return ((await ledger.json()) as { charges: ReadonlyArray<{ units: number }> }).charges.map(({ units }) => units)
    }
    const limited = { ...env, KLINGKIT_MAX_USD_PER_CALL: "0.01" }
    const refused = await klingkit(["demo", "--live", "--json"], { env: limited }).ended
    expect([refused.exitCode, JSON.parse(refused.stdout).error.code]).toEqual([1, "CLI_DEMO_FAILED"])
    expect(await charges()).toEqual([])
    const made = await klingkit(["demo", "--live", "--json"], { env }).ended
    expect([made.exitCode, JSON.parse(made.stdout).live]).toEqual([0, true])
    expect((await charges()).toSorted((a, b) => a - b)).toEqual([3, 8])
  })
})

describe("installed alone", () => {
  it("says how to install the emulator and the server", async () => {
    const root = temporaryFolder()
    const app = fileURLToPath(new URL("../../apps/cli", import.meta.url))
    for (const part of ["bin", "dist"]) cpSync(join(app, part), join(root, part), { recursive: true })
    const alone = (...args: ReadonlyArray<string>) =>
      start(process.execPath, [join(root, "bin", "klingkit.mjs"), ...args], {
        env: { PATH: `${dirname(process.execPath)}-none` }
      }).ended
    const emulator = await alone("emulator")
    expect([emulator.exitCode, emulator.stderr]).toEqual([
      1,
      expect.stringContaining("npm install -g @klingkit/emulator")
    ])
    const demo = await alone("demo")
    expect([demo.exitCode, demo.stderr]).toEqual([1, expect.stringContaining("npm install -g klingkit-mcp")])
    const quote = await alone("quote", "video", "--json")
    expect([quote.exitCode, JSON.parse(quote.stdout).units]).toEqual([0, 3])
  })
})
