import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Ledger } from "../ledger/ledger.ts"
import { damageHeader, damagePage } from "../ledger/testing/damage-file.ts"
import { noon, sampleJob } from "../ledger/testing/sample-job.ts"
import { temporaryFolder } from "../ledger/testing/test-database.ts"
import { checkFile } from "./check-file.ts"
import { idFileOf } from "./ledger-file.ts"
import { exportLedger } from "./maintain-ledger.ts"
import { planRepair, type RepairOptions } from "./plan-repair.ts"
import { repairFile } from "./repair-file.ts"
import { layerSqlite } from "./sqlite-ledger.ts"

const open = (path: string) => Effect.map(Layer.build(layerSqlite(path)), Context.get(Ledger))

/** The path of a closed ledger with this many jobs, and their handles. */
const ledgerWith = Effect.fnUntraced(function* (count: number) {
  yield* TestClock.setTime(noon)
  const path = join(yield* temporaryFolder("klingkit-repair-"), "ledger.db")
  const creating = Effect.gen(function* () {
    const ledger = yield* open(path)
    const created = yield* Effect.forEach(Array.from({ length: count }), (_, index) =>
      ledger.createJob(sampleJob({ prompt: `a long story, number ${index} `.repeat(20) }))
    )
    return created.map(({ job }) => job.handle)
  })
  return { path, handles: yield* Effect.scoped(creating) }
})

const found = (path: string) => Effect.map(checkFile(path), ({ findings }) => findings.map(({ _tag }) => _tag))

const repair = (path: string, options: RepairOptions = {}) =>
  Effect.flatMap(checkFile(path), (report) => planRepair(report, options))

const handlesIn = (path: string) =>
  Effect.map(Effect.scoped(Effect.flatMap(open(path), (ledger) => ledger.list({ limit: 500 }))), ({ jobs }) =>
    jobs.map(({ handle }) => handle).toSorted()
  )

const exported = (path: string) =>
  exportLedger({ file: path }, "jsonl").pipe(
    Stream.runCollect,
    Effect.map((items) => items.map(({ text = "null" }) => JSON.parse(text) as Readonly<Record<string, unknown>>))
  )

describe("a check", () => {
  it.effect("of a sound ledger says what is in it, and changes no byte of it", () =>
    Effect.gen(function* () {
      const { path } = yield* ledgerWith(3)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const ledger = yield* open(path)
          const { job } = yield* ledger.createJob(sampleJob())
          const lease = { owner: "this-process", fence: 1 }
          yield* ledger.transition(job.handle, ["INTENT"], "SENDING", { lease })
          yield* ledger.transition(job.handle, ["SENDING"], "IN_DOUBT", { lease })
        })
      )
      const before = readFileSync(path)
      const report = yield* checkFile(path)
      expect(report).toMatchObject({ isSound: true, findings: [], jobs: { INTENT: 3, IN_DOUBT: 1 }, pipelines: 0 })
      expect(report.inDoubt).toMatchObject([{ state: "IN_DOUBT", model: "kling-3.0", reservedUsd: 0.42 }])
      expect(report.leases).toMatchObject([{ owner: "this-process", handles: { length: 4 } }])
      expect(report.id).toBe(readFileSync(idFileOf(path), "utf8").trim())
      expect(readFileSync(path).equals(before)).toBe(true)
    })
  )

  it.effect.each([
    ["deleted", (path: string) => rmSync(path), ["Missing"]],
    ["emptied", (path: string) => writeFileSync(path, ""), ["Empty"]],
    ["without its id file", (path: string) => rmSync(idFileOf(path)), ["NoIdFile"]],
    ["overwritten at its beginning", damageHeader, ["NotOpened"]],
    [
      "of a newer version",
      (path: string) => execute(path, "INSERT INTO klingkit_migrations VALUES (99, 'now', 'x')"),
      ["NewerVersion"]
    ],
    ["another database", (path: string) => otherDatabase(path), ["NotALedger"]],
    ["a folder", (path: string) => (rmSync(path), mkdirSync(path)), ["NotOpened"]],
    [
      "with values of another program",
      (path: string) => execute(path, "UPDATE klingkit_jobs SET state = 'PAID' WHERE rowid = 2"),
      ["UnreadableRow"]
    ]
  ] as const)("of a ledger that is %s says so", ([, change, expected]) =>
    Effect.gen(function* () {
      const { path } = yield* ledgerWith(3)
      change(path)
      expect(yield* found(path)).toEqual(expected)
    })
  )

  it.effect("where there was never a ledger is sound", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder("klingkit-repair-"), "ledger.db")
      expect(yield* checkFile(path)).toMatchObject({ isSound: true, findings: [{ _tag: "Missing" }] })
      expect(existsSync(path)).toBe(false)
    })
  )
})

describe("a repair", () => {
  it.effect("has nothing to do for a sound ledger, and never begins another one in its place", () =>
    Effect.gen(function* () {
      const { path } = yield* ledgerWith(2)
      expect((yield* repair(path)).steps).toEqual([])
      expect((yield* repair(path, { beginAnew: true })).steps).toEqual([])
    })
  )

  it.effect("writes a lost id file again", () =>
    Effect.gen(function* () {
      const { path, handles } = yield* ledgerWith(2)
      const id = readFileSync(idFileOf(path), "utf8")
      rmSync(idFileOf(path))
      const { report, backup = "" } = yield* repairFile(yield* repair(path))
      expect([report.isSound, report.findings]).toEqual([true, []])
      expect(readFileSync(idFileOf(path), "utf8")).toBe(id)
      expect(yield* handlesIn(path)).toEqual(handles)
      expect((yield* checkFile(backup)).jobs).toEqual({ INTENT: 2 })
    })
  )

  it.effect("takes another ledger for the right one only when told so", () =>
    Effect.gen(function* () {
      const { path } = yield* ledgerWith(2)
      const other = yield* ledgerWith(1)
      cpSync(other.path, path)
      expect(yield* repair(path)).toMatchObject({ steps: [], remaining: [{ _tag: "OtherLedger" }] })
      const { report } = yield* repairFile(yield* repair(path, { acceptId: true }))
      expect(report.isSound).toBe(true)
      expect(yield* handlesIn(path)).toEqual(other.handles)
    })
  )

  it.effect("of a damaged page keeps every other row, the id and the old file, and names what is lost", () =>
    Effect.gen(function* () {
      const { path, handles } = yield* ledgerWith(120)
      const { id } = yield* checkFile(path)
      damagePage(path, "klingkit_jobs")
      const damaged = readFileSync(path)
      expect(new Set(yield* found(path))).toEqual(new Set(["Damaged", "LostRow"]))
      const { report, lost, backup = "" } = yield* repairFile(yield* repair(path))
      expect(report).toMatchObject({ isSound: true, id })
      const kept = yield* handlesIn(path)
      expect(kept).toEqual(handles)
      expect(lost.length).toBeGreaterThan(0)
      expect(lost.every(({ handle = "", isRebuilt }) => handles.includes(handle) && isRebuilt === true)).toBe(true)
      expect(readFileSync(backup).equals(damaged)).toBe(true)
    })
  )

  it.effect("keeps a lost job recognizable, counted, and never sent again", () =>
    Effect.gen(function* () {
      const { path } = yield* ledgerWith(120)
      const before = yield* Effect.scoped(Effect.flatMap(open(path), (ledger) => ledger.list({ limit: 500 })))
      damagePage(path, "klingkit_jobs")
      const { lost } = yield* repairFile(yield* repair(path))
      const ledger = yield* open(path)
      expect((yield* ledger.daySpend({ principal: "local", account: "account-1" })).usedUsd).toBeCloseTo(120 * 0.42)
      const handle = lost[0]?.handle ?? ""
      const prompt = before.jobs.find((job) => job.handle === handle)?.prompt ?? ""
      const again = yield* ledger.createJob(sampleJob({ prompt }))
      expect(again).toMatchObject({ isNew: false, job: { handle, quote: { priceUsd: 0.42 } } })
    })
  )

  it.effect("of a damaged index loses nothing", () =>
    Effect.gen(function* () {
      const { path, handles } = yield* ledgerWith(120)
      damagePage(path, "klingkit_jobs_newest")
      expect(yield* found(path)).toEqual(["Damaged"])
      const { report, lost } = yield* repairFile(yield* repair(path))
      expect([report.findings, lost]).toEqual([[], []])
      expect(yield* handlesIn(path)).toEqual(handles)
    })
  )

  it.effect("begins anew only when told so, and keeps what was there", () =>
    Effect.gen(function* () {
      const { path } = yield* ledgerWith(2)
      damageHeader(path)
      const damaged = readFileSync(path)
      expect(yield* repair(path)).toMatchObject({ steps: [], remaining: [{ _tag: "NotOpened" }] })
      const { report, backup = "" } = yield* repairFile(yield* repair(path, { beginAnew: true }))
      expect(report).toMatchObject({ isSound: true, jobs: {} })
      expect(readFileSync(backup).equals(damaged)).toBe(true)
      expect(yield* handlesIn(path)).toEqual([])
    })
  )

  it.effect("waits for no program that writes for long: it fails, and changes nothing", () =>
    Effect.gen(function* () {
      const { path } = yield* ledgerWith(1)
      rmSync(idFileOf(path))
      const writer = new DatabaseSync(path)
      writer.exec("BEGIN IMMEDIATE")
      const error = yield* Effect.flip(repairFile(yield* repair(path)))
      expect(error.code).toBe("LEDGER_LOCKED")
      writer.close()
      expect(readdirSync(dirname(path)).filter((name) => name.includes("backup") || name.endsWith(".id"))).toEqual([])
    })
  )
})

describe("an export", () => {
  it.effect("has every job that can be read, names the others, and ends with their numbers", () =>
    Effect.gen(function* () {
      const { path, handles } = yield* ledgerWith(120)
      const [head] = yield* exported(path)
      damagePage(path, "klingkit_jobs")
      const lines = yield* exported(path)
      expect(lines[0]).toEqual(head)
      const ofKind = (kind: string) => lines.filter((line) => line["kind"] === kind)
      const [jobs, unreadable] = [ofKind("job"), ofKind("unreadable")]
      expect([...jobs, ...unreadable].map((line) => String(line["handle"])).toSorted()).toEqual(handles)
      expect(lines.at(-1)).toEqual({ kind: "end", jobs: jobs.length, pipelines: 0, unreadable: unreadable.length })
      expect(jobs[0]).toMatchObject({ state: "INTENT", spentUsd: 0.42, created: new Date(noon).toISOString(), take: 1 })
    })
  )

  it.effect("as CSV is safe to open in a spreadsheet", () =>
    Effect.gen(function* () {
      const { path } = yield* ledgerWith(1)
      execute(path, `UPDATE klingkit_jobs SET principal = '=cmd|"x"', task_id = '42'`)
      const items = yield* Stream.runCollect(exportLedger({ file: path }, "csv"))
      const [header = "", row = ""] = items.map(({ text = "" }) => text)
      expect(header).toMatch(/^created,principal,operation,model,state,quoted_usd,charged_usd/)
      expect(row).toMatch(
        /^2026-11-22T12:00:00.000Z,"'=cmd\|""x""",new.t2v.kling-3.0,kling-3.0,INTENT,0.42,,,video,kk-/
      )
    })
  )

  it.effect("reads the ledger of an earlier release", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder("klingkit-repair-"), "ledger.db")
      const database = new DatabaseSync(path)
      database.exec(readFileSync(new URL("./fixtures/ledger-version-3.sql", import.meta.url), "utf8"))
      database.close()
      const lines = yield* exported(path)
      expect(lines.at(-1)).toMatchObject({ kind: "end", unreadable: 0 })
      const kinds = new Set(lines.map((line) => line["kind"]))
      expect(kinds).toEqual(new Set(["ledger", "job", "pipeline", "end"]))
      expect(yield* found(path)).toEqual(["NoIdFile", "OlderVersion"])
    })
  )
})

const execute = (path: string, statement: string): void => {
  const database = new DatabaseSync(path)
  database.exec(statement)
  database.close()
}

const otherDatabase = (path: string): void => {
  renameSync(path, `${path}.own`)
  execute(path, "CREATE TABLE notes (text TEXT)")
}
