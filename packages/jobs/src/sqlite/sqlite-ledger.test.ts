import { describe, it, layer } from "@effect/vitest"
import { ConfigProvider, Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { execPath, platform } from "node:process"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import { expect } from "vitest"
import { Ledger } from "../ledger/ledger.ts"
import { accountsSuite } from "../ledger/testing/accounts-suite.ts"
import { createSuite } from "../ledger/testing/create-suite.ts"
import { approvalRequestsSuite } from "../ledger/testing/approval-requests-suite.ts"
import { budgetSuite } from "../ledger/testing/budget-suite.ts"
import { coordinationSuite } from "../ledger/testing/coordination-suite.ts"
import { foundStepsSuite } from "../ledger/testing/found-steps-suite.ts"
import { lateResultsSuite } from "../ledger/testing/late-results-suite.ts"
import { pipelinesSuite } from "../ledger/testing/pipelines-suite.ts"
import { listSuite } from "../ledger/testing/list-suite.ts"
import { orphansSuite } from "../ledger/testing/orphans-suite.ts"
import { sharingSuite } from "../ledger/testing/sharing-suite.ts"
import { takesSuite } from "../ledger/testing/takes-suite.ts"
import { transitionsSuite } from "../ledger/testing/transitions-suite.ts"
import { sampleJob } from "../ledger/testing/sample-job.ts"
import { temporaryFolder, TestDatabase } from "../ledger/testing/test-database.ts"
import { layerSqliteClient } from "./sqlite-client.ts"
import { layerSqlite, layerSqliteConfig } from "./sqlite-ledger.ts"

layer(TestDatabase.sqliteMemory)("a ledger in memory", (it) => {
  createSuite(it)
  takesSuite(it)
  accountsSuite(it)
  budgetSuite(it)
  approvalRequestsSuite(it)
  transitionsSuite(it)
  lateResultsSuite(it)
  listSuite(it)
  coordinationSuite(it)
  orphansSuite(it)
  pipelinesSuite(it)
  foundStepsSuite(it)
})

layer(TestDatabase.sqliteFile)("a ledger in a file", (it) => {
  createSuite(it)
  takesSuite(it)
  accountsSuite(it)
  budgetSuite(it)
  approvalRequestsSuite(it)
  transitionsSuite(it)
  lateResultsSuite(it)
  listSuite(it)
  coordinationSuite(it)
  orphansSuite(it)
  pipelinesSuite(it)
  foundStepsSuite(it)
  sharingSuite(it)
})

/** The error of `layerSqlite` for a location that cannot be a ledger. */
const failureAt = (path: string, lockMillis?: number) =>
  Effect.flip(Effect.scoped(Layer.build(layerSqlite(path, lockMillis === undefined ? {} : { lockMillis }))))

const openUnprivileged = (folder: string) =>
  Effect.sync(() => {
    const program = fileURLToPath(new URL("../ledger/testing/open-unprivileged.ts", import.meta.url))
    return JSON.parse(execFileSync(execPath, [program, folder], { encoding: "utf8" })) as Record<string, string>
  })

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

describe("the ledger file", () => {
  it.effect("is created together with its folder, readable by its user only", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder("klingkit-home-"), "new", "home", "ledger.db")
      const context = yield* Layer.build(layerSqlite(path))
      yield* Context.get(context, Ledger).createJob(sampleJob())
      expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toEqual(["600", "600", "600"])
      expect([dirname(path), dirname(dirname(path))].map(modeOf)).toEqual(["700", "700"])
    })
  )

  it.effect("accepts no new request when disk space is low, and its jobs stay readable", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder("klingkit-home-"), "ledger.db")
      let free: number | undefined = undefined
      const ledger = Context.get(yield* Layer.build(layerSqlite(path, { freeBytes: Effect.sync(() => free) })), Ledger)
      const { job } = yield* ledger.createJob(sampleJob())
      free = 1_000_000
      const error = yield* Effect.flip(ledger.createJob(sampleJob({ handle: "kk-t2v-another", allowDuplicate: true })))
      expect([error.code, error.wasCharged]).toEqual(["LEDGER_DISK_FULL", "no"])
      expect(error.message).toContain(`too little disk space for the ledger ${path}`)
      expect((yield* ledger.get(job.handle)).state).toBe("INTENT")
      expect((yield* ledger.list()).jobs).toHaveLength(1)
    })
  )

  it.effect("is narrowed when its permissions were too wide", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder("klingkit-home-"), "ledger.db")
      writeFileSync(path, "", { mode: 0o644 })
      yield* Layer.build(layerSqlite(path))
      expect(modeOf(path)).toBe("600")
    })
  )

  it.effect("is in KLINGKIT_HOME", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder("klingkit-home-")
      const environment = ConfigProvider.layer(ConfigProvider.fromUnknown({ KLINGKIT_HOME: folder }))
      yield* Layer.build(Layer.provide(layerSqliteConfig, environment))
      expect(existsSync(join(folder, "ledger.db"))).toBe(true)
    })
  )

  it.effect("is refused when it is something else, and left unchanged", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder("klingkit-home-"), "ledger.db")
      const content = "not a database, but a text of the user ".repeat(100)
      writeFileSync(path, content)
      const error = yield* failureAt(path)
      expect(error).toMatchObject({ code: "LEDGER_UNREADABLE", wasCharged: "no" })
      expect(error.message).toBe(`${path} is not a ledger, or it is damaged: file is not a database`)
      expect(readFileSync(path, "utf8")).toBe(content)
    })
  )

  it.effect("is refused where no file can be created", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder("klingkit-home-")
      writeFileSync(join(folder, "file"), "")
      mkdirSync(join(folder, "ledger.db"))
      const inSystem = platform === "linux" ? ["/proc/nope/home/ledger.db"] : []
      for (const path of [join(folder, "file", "ledger.db"), join(folder, "ledger.db"), ...inSystem]) {
        const error = yield* failureAt(path)
        expect(error).toMatchObject({ code: "LEDGER_CANNOT_OPEN", wasCharged: "no" })
        expect(error.message).toContain(`the ledger ${path} cannot be opened: `)
        expect(error.suggestion).toContain("KLINGKIT_HOME")
      }
    })
  )

  it.effect("is refused when it is read-only", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder("klingkit-home-")
      yield* Effect.scoped(Layer.build(layerSqlite(join(folder, "ledger.db"))))
      const error = yield* openUnprivileged(folder)
      expect(error).toMatchObject({ wasCharged: "no" })
      expect(["LEDGER_CANNOT_OPEN", "LEDGER_READ_ONLY"]).toContain(error["code"])
    })
  )

  it.effect("waits while another process writes, and then fails as locked", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder("klingkit-home-"), "ledger.db")
      const context = yield* Layer.build(layerSqlite(path, { lockTimeout: "20 millis" }))
      const ledger = Context.get(context, Ledger)
      const writer = new DatabaseSync(path)
      writer.exec("BEGIN IMMEDIATE")
      const error = yield* Effect.flip(ledger.createJob(sampleJob()))
      expect(error).toMatchObject({ code: "LEDGER_LOCKED", isRetryable: true, wasCharged: "no" })
      expect((yield* failureAt(path, 20)).message).toBe(`the ledger ${path} is locked by another process`)
      writer.exec("COMMIT")
      writer.close()
      expect((yield* ledger.createJob(sampleJob())).isNew).toBe(true)
    })
  )

  it.effect("refuses a request when the disk is full, and works again when there is space", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder("klingkit-home-"), "ledger.db")
      const client = layerSqliteClient(path, 20)
      const context = yield* Layer.build(Layer.provideMerge(Ledger.layer({ location: path }), client))
      const ledger = Context.get(context, Ledger)
      const sql = Context.get(context, SqlClient)
      yield* sql`PRAGMA max_page_count = 1`
      const error = yield* Effect.flip(ledger.createJob(sampleJob({ prompt: "x".repeat(100_000) })))
      expect(error).toMatchObject({ code: "LEDGER_DISK_FULL", wasCharged: "no" })
      expect(error.message).toBe(`there is too little disk space for the ledger ${path}`)
      expect((yield* ledger.list()).jobs).toEqual([])
      yield* sql`PRAGMA max_page_count = 1000000`
      expect((yield* ledger.createJob(sampleJob())).isNew).toBe(true)
    })
  )

  it.effect("is synced to disk at every commit", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder("klingkit-home-"), "ledger.db")
      const context = yield* Layer.build(layerSqliteClient(path, 20))
      const sql = Context.get(context, SqlClient)
      const settings = ["journal_mode", "synchronous", "fullfsync"]
      const values = yield* Effect.forEach(settings, (name) => sql.unsafe(`PRAGMA ${name}`).values)
      expect(values.flat(2)).toEqual(["wal", 2, 1])
    })
  )
})
