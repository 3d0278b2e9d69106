import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { basename, join, relative, sep } from "node:path"
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest"
import { hostileKling } from "../mcp/hostile-kling.ts"
import { type Answer, connect, type Host } from "../mcp/hosts.ts"
import { freshKling } from "../mcp/kling.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
let host: Host
/** A finished picture. */
let task_id: string

beforeAll(async () => {
  kling = await freshKling()
  host = await connect("stdio", "v2 2026-07-28", kling.env)
  const made = await host.call("generate_image", { prompt: "a kite" })
  task_id = String(made.facts?.["task_id"])
  await kling.passTime()
})
afterAll(async () => {
  await host.close()
  await kling.close()
})
beforeEach(() => {
  rmSync(kling.outputDir, { recursive: true, force: true })
  mkdirSync(kling.outputDir)
})

const below = (folder: string): ReadonlyArray<string> => readdirSync(folder, { recursive: true }).map(String).toSorted()
/** All that lies in the home of the programs, their ledger aside. */
const around = (): ReadonlyArray<string> => below(kling.home).filter((name) => !name.includes("ledger"))

it.each([
  "http://10.0.0.1/film.mp4",
  "https://169.254.169.254/latest/meta-data",
  "https://metadata.google.internal/token",
  "file:///etc/passwd",
  "http://cdn.example/film.mp4",
  "https://user:pass@cdn.example/film.mp4"
])("abuse 25: a result at %s is not fetched", async (url) => {
  const elsewhere = (value: unknown, key = ""): unknown => {
    if (typeof value === "string") return key === "url" ? url : value
    if (Array.isArray(value)) return value.map((one) => elsewhere(one))
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, elsewhere(one, name)]))
  }
  const front = await hostileKling(kling.url, (answer) => elsewhere(answer))
  // Its ledger is its own: what was looked up once is known to every program that shares it.
  const env = { ...kling.env, KLINGAI_BASE_URL: front.url, KLINGKIT_HOME: join(kling.home, "misled-ledger") }
  const misled = await connect("stdio", "v2 2026-07-28", env)
  const { text } = await misled.call("download_task", { task_id, file_name: "misled.png" })
  await misled.close()
  await front.close()
  expect(text).toMatch(/^Error: .*\nCharged: no\n/)
  expect(below(kling.outputDir)).toEqual([])
})

it("abuse 26: whatever a file is to be called, it lies in its folder under a plain name", async () => {
  const names = [
    "../../.ssh/authorized_keys",
    "/etc/cron.d/evil",
    String.raw`C:\Windows\evil.exe`,
    "..%2f..%2fevil",
    "....//....//evil",
    "nul\u0000.png",
    "a\u2215..\u2215b",
    "x".repeat(4096),
    "CON",
    "evil. ",
    "-rf",
    "~",
    "~/evil",
    "/dev/stdout",
    ".bashrc",
    "\u202egnp.exe"
  ]
  const before = around()
  const answers: Array<Answer> = []
  for (const file_name of names) answers.push(await host.call("download_task", { task_id, file_name, overwrite: true }))
  const saved = answers.flatMap(({ facts }) => (facts?.["files"] as ReadonlyArray<{ readonly path: string }>) ?? [])
  expect(answers.filter(({ isError }) => isError)).toEqual([])
  expect(saved).toHaveLength(names.length)
  for (const { path } of saved) {
    expect(relative(kling.outputDir, path)).toBe(basename(path))
    expect(basename(path)).toMatch(/^[\p{L}\p{N}%_][^\\/:*?"<>|\p{C}\u2215]{0,250}$/u)
    expect(basename(path)).not.toMatch(/^(con|nul)(\.|$)|[. ]$/i)
  }
  const outside = around().filter((name) => !before.includes(name) && !name.startsWith(`films${sep}`))
  expect(outside).toEqual([])
})

it("abuse 27: no link leads a file out of its folder", async () => {
  const outside = join(kling.home, "outside")
  mkdirSync(outside)
  const precious = join(outside, "precious")
  writeFileSync(precious, "precious")
  symlinkSync(outside, join(kling.outputDir, "link"))
  symlinkSync(precious, join(kling.outputDir, "kite.png"))
  symlinkSync(join(outside, "new.png"), join(kling.outputDir, "dangling.png"))
  for (const file_name of ["link/kite.png", "kite.png", "dangling.png"]) {
    for (const overwrite of [false, true]) await host.call("download_task", { task_id, file_name, overwrite })
  }
  expect(below(outside)).toEqual(["precious"])
  expect(below(kling.outputDir)).toContain("link-kite.png")
  expect(readFileSync(precious, "utf8")).toBe("precious")
  rmSync(outside, { recursive: true })
})

it("abuse 28: a file that is there stays what it is, and no half of one has its name", async () => {
  writeFileSync(join(kling.outputDir, "kite.png"), "mine")
  const { text } = await host.call("download_task", { task_id, file_name: "kite.png" })
  expect(text).toContain("Code: JOB_FILE_EXISTS")
  expect(readFileSync(join(kling.outputDir, "kite.png"), "utf8")).toBe("mine")
})

it.each([
  ["a page of HTML", { fault: "html-download" }],
  ["a body that ends too early, again and again", { fault: "cut-download", afterBytes: 100, count: "always" }]
])(
  "abuse 30: %s is not saved as a picture",
  async (_, fault) => {
    await kling.strike(fault)
    const { text } = await host.call("download_task", { task_id, file_name: "kite.png" })
    await kling.calm()
    expect(text).toMatch(/^Error: .*\nCharged: no\n/)
    expect(below(kling.outputDir).filter((name) => name === "kite.png")).toEqual([])
    expect((await host.call("download_task", { task_id, file_name: "kite.png" })).text).toMatch(/^Saved 1 file/)
  },
  60_000
)
