import { runEmulator } from "@klingkit/emulator"
import {
  closeSync,
  cpSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { expect, it, onTestFinished } from "vitest"
import { klingkit, temporaryFolder } from "./testing/built-klingkit.ts"

const count = 40

/** A ledger with many paid jobs, made by the built command, and how to run that command on it. */
const paidLedger = async () => {
  const emulator = await runEmulator({
    speed: 1e6,
    seed: 1,
    faults: { packs: { video: { units: 1e6, concurrency: 1000 } } }
  })
  onTestFinished(() => emulator.close())
  const cwd = temporaryFolder()
  const home = join(cwd, "ledger")
  const env = { KLINGAI_BASE_URL: emulator.url, KLINGAI_API_KEY: emulator.apiKey, KLINGKIT_HOME: home }
  const run = (...args: ReadonlyArray<string>) => klingkit(args, { env, cwd }).ended
  writeFileSync(
    join(cwd, "videos.json"),
    JSON.stringify(Array.from({ length: count }, (_, index) => ({ prompt: `a paper boat, number ${index + 1}` })))
  )
  const batch = await run("batch", "videos.json", "--json")
  const handles = (JSON.parse(batch.stdout) as ReadonlyArray<{ readonly handle: string }>).map(({ handle }) => handle)
  return { run, cwd, file: join(home, "ledger.db"), handles: handles.toSorted() }
}

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)

/** Overwrites the page of a job's row. */
const damageRow = (file: string, handle: string): void => {
  const position = readFileSync(file).indexOf(`${handle}local`)
  expect(position).toBeGreaterThan(0)
  const opened = openSync(file, "r+")
  writeSync(opened, Buffer.alloc(512, "Z"), 0, 512, position - (position % 4096))
  closeSync(opened)
}

it("a sound ledger is checked and exported", async () => {
  const { run, cwd, file, handles } = await paidLedger()
  const check = await run("ledger", "check")
  expect([check.exitCode, check.stdout]).toEqual([0, expect.stringContaining("The ledger is sound.")])
  const report = JSON.parse((await run("ledger", "check", "--json")).stdout) as Record<string, unknown>
  expect(report).toMatchObject({ location: file, isSound: true, jobs: { ACCEPTED: count }, findings: [], inDoubt: [] })
  const { exitCode, stdout } = await run("ledger", "export")
  const jobs = linesOf(stdout).filter((line) => line["kind"] === "job")
  expect([exitCode, jobs.map((job) => String(job["handle"])).toSorted()]).toEqual([0, handles])
  expect((await run("ledger", "export", "--format", "csv", "--output", "jobs.csv")).exitCode).toBe(0)
  expect(readFileSync(join(cwd, "jobs.csv"), "utf8").trimEnd().split("\n")).toHaveLength(count + 1)
  const again = await run("ledger", "export", "--output", "jobs.csv")
  expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining("--force")])
})

it("a damaged ledger is repaired once that is confirmed, its file kept and its losses named", async () => {
  const { run, file, handles } = await paidLedger()
  const victim = handles[20] ?? ""
  damageRow(file, victim)
  const damaged = readFileSync(file)
  const check = await run("ledger", "check")
  expect([check.exitCode, check.stdout]).toEqual([1, expect.stringContaining(`klingkit task get ${victim}`)])
  const asJson = JSON.parse((await run("ledger", "check", "--json")).stdout) as Record<string, unknown>
  expect(asJson).toMatchObject({ isSound: false, error: { code: "CLI_LEDGER_UNSOUND", charged: "no" } })
  const partial = await run("ledger", "export")
  expect([partial.exitCode, partial.stderr]).toEqual([1, expect.stringContaining("CLI_LEDGER_INCOMPLETE")])
  const dryRun = await run("ledger", "repair", "--dry-run")
  expect([dryRun.exitCode, dryRun.stdout]).toEqual([0, expect.stringContaining("Nothing was changed.")])
  const unasked = await run("ledger", "repair")
  expect([unasked.exitCode, unasked.stderr]).toEqual([5, expect.stringContaining("add --yes")])
  expect(readFileSync(file).equals(damaged)).toBe(true)
  const repaired = await run("ledger", "repair", "--yes", "--json")
  const { backup, lost } = JSON.parse(repaired.stdout) as {
    readonly backup: string
    readonly lost: ReadonlyArray<{ readonly handle: string }>
  }
  expect(repaired.exitCode).toBe(0)
  expect(readFileSync(backup).equals(damaged)).toBe(true)
  expect((await run("ledger", "check")).exitCode).toBe(0)
  const kept = linesOf((await run("ledger", "export")).stdout).filter((line) => line["kind"] === "job")
  const all = [...kept.map((job) => String(job["handle"])), ...lost.map(({ handle }) => handle)]
  expect([...new Set(all)].toSorted()).toEqual(handles)
  expect(lost.map(({ handle }) => handle)).toContain(victim)
})

it("a ledger that is gone, exchanged or of a newer version is refused with the command that helps", async () => {
  const { run, file, handles } = await paidLedger()
  const refusal = async (change: () => void) => {
    const kept = readFileSync(file)
    change()
    const paid = await run("video", "create", "a lighthouse", "--json")
    const { error } = JSON.parse(paid.stdout) as { readonly error: Readonly<Record<string, string>> }
    const { exitCode } = await run("ledger", "check")
    writeFileSync(file, kept)
    return [error["code"], error["suggestion"], exitCode]
  }
  const newer = () => {
    const database = new DatabaseSync(file)
    database.exec("INSERT INTO klingkit_migrations (migration_id, name) VALUES (99, 'later')")
    database.close()
  }
  expect(await refusal(newer)).toEqual(["LEDGER_NEWER_VERSION", expect.stringContaining("update klingkit"), 1])
  const restore = expect.stringContaining("klingkit ledger repair --new")
  expect(await refusal(() => rmSync(file))).toEqual(["LEDGER_REPLACED", restore, 1])
  const other = await paidLedger()
  expect(await refusal(() => cpSync(other.file, file))).toEqual(["LEDGER_REPLACED", restore, 1])
  expect((await run("ledger", "check")).exitCode).toBe(0)

  cpSync(other.file, file)
  expect((await run("ledger", "repair", "--yes")).exitCode).toBe(1)
  expect((await run("ledger", "repair", "--yes", "--accept-id")).exitCode).toBe(0)
  const listed = linesOf((await run("ledger", "export")).stdout).flatMap((line) =>
    typeof line["handle"] === "string" ? [line["handle"]] : []
  )
  expect(listed.toSorted()).toEqual(other.handles)

  rmSync(file)
  const anew = await run("ledger", "repair", "--yes", "--new")
  expect([anew.exitCode, anew.stderr]).toEqual([0, expect.stringContaining("Unknown afterwards: every job of ledger")])
  expect(existsSync(file)).toBe(true)
  expect(readdirSync(join(file, "..")).filter((name) => name.endsWith(".id") && name.includes("backup"))).not.toEqual(
    []
  )
  expect(handles).toHaveLength(count)
}, 180_000)
