import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { basename, join, relative, sep } from "node:path"
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest"
import { hostileKling } from "../mcp/hostile-kling.ts"
import { type Answer, connect, type Host } from "../mcp/hosts.ts"
import { freshKling } from "../mcp/emulated-kling.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
let host: Host
/** A finished image task. */
let task_id: string

beforeAll(async () => {
  kling = await freshKling()
  host = await connect("stdio", "v2 2026-07-28", kling.env)
  const made = await host.call("generate_image", { prompt: "a kite" })
  task_id = String(made.structured?.["task_id"])
  await kling.finishTasks()
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
/** Everything in the programs' home except their ledger. */
const homeFiles = (): ReadonlyArray<string> => below(kling.home).filter((name) => !name.includes("ledger"))

it.each([
  "http://10.0.0.1/video.mp4",
  "https://169.254.169.254/latest/meta-data",
  "https://metadata.google.internal/token",
  "file:///etc/passwd",
  "http://cdn.example/video.mp4",
  "https://user:pass@cdn.example/video.mp4"
])("abuse 25: a result at %s is not fetched", async (url) => {
  const withUrl = (value: unknown, key = ""): unknown => {
    if (typeof value === "string") return key === "url" ? url : value
    if (Array.isArray(value)) return value.map((item) => withUrl(item))
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withUrl(item, name)]))
  }
  const front = await hostileKling(kling.url, (answer) => withUrl(answer))
  // A ledger of its own: a result looked up once is known to every process that shares the ledger.
  const env = { ...kling.env, KLINGAI_BASE_URL: front.url, KLINGKIT_HOME: join(kling.home, "misled-ledger") }
  const misled = await connect("stdio", "v2 2026-07-28", env)
  const { text } = await misled.call("download_task", { task_id, file_name: "misled.png" })
  await misled.close()
  await front.close()
  expect(text).toMatch(/^Error: .*\nCharged: yes, for the task; it is not lost\n/)
  expect(below(kling.outputDir)).toEqual([])
})

it("abuse 26: whatever the requested file name, it is saved in its folder under a plain name", async () => {
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
  const before = homeFiles()
  const answers: Array<Answer> = []
  for (const file_name of names) answers.push(await host.call("download_task", { task_id, file_name, overwrite: true }))
  const saved = answers.flatMap(
    ({ structured }) => (structured?.["files"] as ReadonlyArray<{ readonly path: string }>) ?? []
  )
  // Those of programs are refused, with a name that would do.
  const refused = answers.filter(({ isError }) => isError)
  expect(refused).toHaveLength(names.filter((name) => name.endsWith(".exe")).length)
  for (const { text } of refused) expect(text).toMatch(/did you mean "[\w-]+\.mp4"\?[^]*Code: KLING_INVALID_INPUT/)
  expect(saved).toHaveLength(names.length - refused.length)
  for (const { path } of saved) {
    expect(relative(kling.outputDir, path)).toBe(basename(path))
    expect(basename(path)).toMatch(/^[\p{L}\p{N}%_][^\\/:*?"<>|\p{C}\u2215]{0,250}$/u)
    expect(basename(path)).not.toMatch(/^(con|nul)(\.|$)|[. ]$/i)
  }
  const outside = homeFiles().filter((name) => !before.includes(name) && !name.startsWith(`videos${sep}`))
  expect(outside).toEqual([])
})

it("abuse 27: no symlink takes a file out of its folder", async () => {
  const outside = join(kling.home, "outside")
  mkdirSync(outside)
  const target = join(outside, "protected")
  writeFileSync(target, "protected")
  symlinkSync(outside, join(kling.outputDir, "link"))
  symlinkSync(target, join(kling.outputDir, "kite.png"))
  symlinkSync(join(outside, "new.png"), join(kling.outputDir, "dangling.png"))
  for (const file_name of ["link/kite.png", "kite.png", "dangling.png"]) {
    for (const overwrite of [false, true]) await host.call("download_task", { task_id, file_name, overwrite })
  }
  expect(below(outside)).toEqual(["protected"])
  expect(below(kling.outputDir)).toContain("link-kite.png")
  expect(readFileSync(target, "utf8")).toBe("protected")
  rmSync(outside, { recursive: true })
})

it("abuse 28: an existing file is not changed, and no partial file gets its name", async () => {
  writeFileSync(join(kling.outputDir, "kite.png"), "mine")
  const { text } = await host.call("download_task", { task_id, file_name: "kite.png" })
  expect(text).toContain("Code: JOB_FILE_EXISTS")
  expect(readFileSync(join(kling.outputDir, "kite.png"), "utf8")).toBe("mine")
})

it.each([
  ["an HTML page", { fault: "html-download" }],
  ["a body that is always truncated", { fault: "cut-download", afterBytes: 100, count: "always" }]
])(
  "abuse 30: %s is not saved as an image",
  async (_, fault) => {
    await kling.injectFault(fault)
    const { text } = await host.call("download_task", { task_id, file_name: "kite.png" })
    await kling.clearFaults()
    // The task is paid, whatever becomes of its file.
    expect(text).toMatch(/^Error: .*\nTask ID: .*\nCharged: yes, \$0\.028/)
    expect(below(kling.outputDir).filter((name) => name === "kite.png")).toEqual([])
    expect((await host.call("download_task", { task_id, file_name: "kite.png" })).text).toMatch(/^Saved 1 file/)
  },
  60_000
)
