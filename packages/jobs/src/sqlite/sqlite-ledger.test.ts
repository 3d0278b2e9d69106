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
import { beginSuite } from "../ledger/testing/begin-suite.ts"
import { budgetSuite } from "../ledger/testing/budget-suite.ts"
import { followingSuite } from "../ledger/testing/following-suite.ts"
import { chainsSuite } from "../ledger/testing/chains-suite.ts"
import { listSuite } from "../ledger/testing/list-suite.ts"
import { sharingSuite } from "../ledger/testing/sharing-suite.ts"
import { stepsSuite } from "../ledger/testing/steps-suite.ts"
import { sampleIntent } from "../ledger/testing/sample-intent.ts"
import { temporaryFolder, TestDatabase } from "../ledger/testing/test-database.ts"
import { layerSqliteClient } from "./sqlite-client.ts"
import { layerSqlite, layerSqliteConfig } from "./sqlite-ledger.ts"

layer(TestDatabase.sqliteMemory)("a ledger in memory", (it) => {
  beginSuite(it)
  budgetSuite(it)
  stepsSuite(it)
  listSuite(it)
  followingSuite(it)
  chainsSuite(it)
})

layer(TestDatabase.sqliteFile)("a ledger in a file", (it) => {
  beginSuite(it)
  budgetSuite(it)
  stepsSuite(it)
  listSuite(it)
  followingSuite(it)
  chainsSuite(it)
  sharingSuite(it)
})

/** What `layerSqlite` says about a place that cannot be a ledger. */
const failureAt = (path: string, lockMillis?: number) =>
  Effect.flip(Effect.scoped(Layer.build(layerSqlite(path, lockMillis === undefined ? {} : { lockMillis }))))

const openAsNobody = (folder: string) =>
  Effect.sync(() => {
    const program = fileURLToPath(new URL("../ledger/testing/open-as-nobody.ts", import.meta.url))
    return JSON.parse(execFileSync(execPath, [program, folder], { encoding: "utf8" })) as Record<string, string>
  })

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

describe("the ledger's file", () => {
  it.effect("is made together with its folder, for its user's eyes only", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder("klingkit-home-"), "new", "home", "ledger.db")
      const context = yield* Layer.build(layerSqlite(path))
      yield* Context.get(context, Ledger).begin(sampleIntent())
      expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toEqual(["600", "600", "600"])
      expect([dirname(path), dirname(dirname(path))].map(modeOf)).toEqual(["700", "700"])
    })
  )

  it.effect("takes no new request when little space is left beside it, and all that was there stays readable", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder("klingkit-home-"), "ledger.db")
      let free: number | undefined = undefined
      const ledger = Context.get(yield* Layer.build(layerSqlite(path, { freeBytes: Effect.sync(() => free) })), Ledger)
      const { job } = yield* ledger.begin(sampleIntent())
      free = 1_000_000
      const error = yield* Effect.flip(ledger.begin(sampleIntent({ handle: "kk-t2v-another", allowRepeat: true })))
      expect([error.code, error.wasCharged]).toEqual(["LEDGER_DISK_FULL", "no"])
      expect(error.message).toContain(`too little space left for the ledger ${path}`)
      expect((yield* ledger.get(job.handle)).state).toBe("INTENT")
      expect((yield* ledger.list()).jobs).toHaveLength(1)
    })
  )

  it.effect("is narrowed when it was wide open", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder("klingkit-home-"), "ledger.db")
      writeFileSync(path, "", { mode: 0o644 })
      yield* Layer.build(layerSqlite(path))
      expect(modeOf(path)).toBe("600")
    })
  )

  it.effect("lies where KLINGKIT_HOME says", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder("klingkit-home-")
      const environment = ConfigProvider.layer(ConfigProvider.fromUnknown({ KLINGKIT_HOME: folder }))
      yield* Layer.build(Layer.provide(layerSqliteConfig, environment))
      expect(existsSync(join(folder, "ledger.db"))).toBe(true)
    })
  )

  it.effect("is not taken for one when it is something else, and stays as it was", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder("klingkit-home-"), "ledger.db")
      const film = "not a database, but somebody's film ".repeat(100)
      writeFileSync(path, film)
      const error = yield* failureAt(path)
      expect(error).toMatchObject({ code: "LEDGER_UNREADABLE", wasCharged: "no" })
      expect(error.message).toBe(`${path} is not a ledger, or it is damaged: file is not a database`)
      expect(readFileSync(path, "utf8")).toBe(film)
    })
  )

  it.effect("is refused where no file can be", () =>
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

  it.effect("is refused when it can be read but not written", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder("klingkit-home-")
      yield* Effect.scoped(Layer.build(layerSqlite(join(folder, "ledger.db"))))
      const said = yield* openAsNobody(folder)
      expect(said).toMatchObject({ wasCharged: "no" })
      expect(["LEDGER_CANNOT_OPEN", "LEDGER_READ_ONLY"]).toContain(said["code"])
    })
  )

  it.effect("is waited for while another program writes, and then given up", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder("klingkit-home-"), "ledger.db")
      const context = yield* Layer.build(layerSqlite(path, { lockMillis: 20 }))
      const ledger = Context.get(context, Ledger)
      const writer = new DatabaseSync(path)
      writer.exec("BEGIN IMMEDIATE")
      const error = yield* Effect.flip(ledger.begin(sampleIntent()))
      expect(error).toMatchObject({ code: "LEDGER_LOCKED", isRetryable: true, wasCharged: "no" })
      expect((yield* failureAt(path, 20)).message).toBe(`the ledger ${path} is locked by another program`)
      writer.exec("COMMIT")
      writer.close()
      expect((yield* ledger.begin(sampleIntent())).isNew).toBe(true)
    })
  )

  it.effect("refuses a request when the disk is full, and goes on when there is space again", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder("klingkit-home-"), "ledger.db")
      const client = layerSqliteClient(path, 20)
      const context = yield* Layer.build(Layer.provideMerge(Ledger.layer({ place: path }), client))
      const ledger = Context.get(context, Ledger)
      const sql = Context.get(context, SqlClient)
      yield* sql`PRAGMA max_page_count = 1`
      const error = yield* Effect.flip(ledger.begin(sampleIntent({ prompt: "x".repeat(100_000) })))
      expect(error).toMatchObject({ code: "LEDGER_DISK_FULL", wasCharged: "no" })
      expect(error.message).toBe(`there is too little space left for the ledger ${path}`)
      expect((yield* ledger.list()).jobs).toEqual([])
      yield* sql`PRAGMA max_page_count = 1000000`
      expect((yield* ledger.begin(sampleIntent())).isNew).toBe(true)
    })
  )

  it.effect("is written through to the disk at every commit", () =>
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
