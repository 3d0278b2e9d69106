import { describe, it, layer } from "@effect/vitest"
import { Context, Effect, Layer, Redacted, Stream } from "effect"
import { expect } from "vitest"
import { ledgerLock } from "../ledger/database.ts"
import { exportTable } from "../ledger/export-rows.ts"
import { Ledger } from "../ledger/ledger.ts"
import { freezable } from "../ledger/testing/freeze-postgres.ts"
import { ledgerSuite } from "../ledger/testing/ledger-suite.ts"
import { startPostgres } from "../ledger/testing/postgres-server.ts"
import { sampleJob } from "../ledger/testing/sample-job.ts"
import { sharingSuite } from "../ledger/testing/sharing-suite.ts"
import { TestDatabase } from "../ledger/testing/test-database.ts"
import { layerPostgres } from "./postgres-ledger.ts"
import { checkServer, openServer } from "./stored-server.ts"

layer(TestDatabase.postgres)("a ledger in PostgreSQL", (it) => {
  ledgerSuite(it)
  sharingSuite(it)
})

describe("an unreachable PostgreSQL", () => {
  const failureOf = (url: string) => Effect.flip(Effect.scoped(Layer.build(layerPostgres(Redacted.make(url)))))

  it.effect("is reported without the password", () =>
    Effect.gen(function* () {
      const error = yield* failureOf("postgres://anna:s3cret@127.0.0.1:1/jobs?application_name=s3cret")
      expect(error).toMatchObject({ code: "LEDGER_CANNOT_OPEN", wasCharged: "no" })
      expect(error.message).toContain("the ledger PostgreSQL 127.0.0.1:1/jobs cannot be opened: ")
      expect(error.suggestion).toContain("KLINGKIT_DATABASE_URL")
      expect(`${JSON.stringify(error)}${error.message}${String(error)}`).not.toContain("s3cret")
    })
  )

  it.effect.each([
    "postgres:anna:s3cret@127.0.0.1:1/jobs",
    "anna:s3cret@127.0.0.1:1/jobs",
    "postgres://anna:12/s3cret@127.0.0.1:1/jobs",
    "postgres://anna:s3/cret@127.0.0.1:1/jobs"
  ])("is reported without the password of a URL that is not well formed: %s", (url) =>
    Effect.gen(function* () {
      const error = yield* failureOf(url)
      expect(error.code).toBe("LEDGER_CANNOT_OPEN")
      expect(`${JSON.stringify(error)}${error.message}${String(error)}`).not.toMatch(/s3|cret/)
    })
  )

  it.effect.each(["nonsense", "http://127.0.0.1/jobs", "postgres://127.0.0.1:999999/x", ""])("is refused: %s", (url) =>
    Effect.gen(function* () {
      expect((yield* failureOf(url)).code).toBe("LEDGER_CANNOT_OPEN")
    })
  )
})

layer(TestDatabase.postgres)("a ledger in PostgreSQL as it is stored", (it) => {
  it.effect("is checked and exported row by row, and what is wrong with it is named", () =>
    Effect.gen(function* () {
      const { argument = "", open } = yield* (yield* TestDatabase).fresh
      const url = Redacted.make(argument)
      expect((yield* checkServer(url)).findings).toEqual([{ _tag: "Missing" }])
      const { ledger, sql } = yield* open
      const handles = yield* Effect.forEach(Array.from({ length: 450 }), () =>
        Effect.map(ledger.createJob(sampleJob()), ({ job }) => job.handle)
      )
      expect(yield* checkServer(url)).toMatchObject({ isSound: true, jobs: { INTENT: 450 }, pipelines: 0 })
      const items = yield* Effect.scoped(
        Effect.flatMap(openServer(url), (stored) =>
          stored === undefined ? Effect.succeed([]) : Stream.runCollect(exportTable(stored))
        )
      )
      expect(items.slice(1).map(({ text = "" }) => text.split(",")[9])).toEqual(handles.toSorted())
      yield* sql`UPDATE klingkit_jobs SET state = 'PAID' WHERE handle = ${handles[0] ?? ""}`
      yield* sql`INSERT INTO klingkit_migrations (migration_id, name) VALUES (99, 'later')`
      const { findings } = yield* checkServer(url)
      expect(findings).toMatchObject([{ _tag: "NewerVersion", found: 99 }])
      yield* sql`DELETE FROM klingkit_migrations WHERE migration_id = 99`
      expect((yield* checkServer(url)).findings).toMatchObject([{ _tag: "UnreadableRow", handle: handles[0] }])
    })
  )
})

layer(TestDatabase.postgres)("a PostgreSQL that refuses", (it) => {
  it.effect("a connection or a write fails with a clear error", () =>
    Effect.gen(function* () {
      const { argument = "" } = yield* (yield* TestDatabase).fresh
      const open = (url: string) =>
        Effect.scoped(Layer.build(layerPostgres(Redacted.make(url)))).pipe(
          Effect.match({ onSuccess: () => "open", onFailure: ({ code }) => code })
        )
      expect(yield* open(argument)).toBe("open")
      expect(yield* open(argument.replace("/postgres?", "/no_such_database?"))).toBe("LEDGER_CANNOT_OPEN")
      expect(yield* open(argument.replace("ledger@", "nobody@"))).toBe("LEDGER_CANNOT_OPEN")
      const readOnly = argument.replace("options=", "options=-cdefault_transaction_read_only%3Don+")
      expect(yield* open(readOnly)).toBe("LEDGER_READ_ONLY")
    })
  )

  it.effect("waits while another process writes, and then fails as locked", () =>
    Effect.gen(function* () {
      const location = yield* (yield* TestDatabase).fresh
      const { sql } = yield* location.open
      const context = yield* Layer.build(
        layerPostgres(Redacted.make(location.argument ?? ""), { lockTimeout: "20 millis" })
      )
      const ledger = Context.get(context, Ledger)
      const error = yield* sql`SELECT pg_advisory_xact_lock(${ledgerLock})`.pipe(
        Effect.andThen(Effect.flip(ledger.createJob(sampleJob()))),
        sql.withTransaction
      )
      expect(error).toMatchObject({ code: "LEDGER_LOCKED", isRetryable: true, wasCharged: "no" })
      expect((yield* ledger.createJob(sampleJob())).isNew).toBe(true)
    })
  )
})

describe("programs on one PostgreSQL", () => {
  it.live("hear which jobs of theirs have changed, also once their connections have been cut", () =>
    Effect.gen(function* () {
      const server = yield* startPostgres
      const { sql } = yield* freezable(server, "public")
      const opened = Effect.map(Layer.build(layerPostgres(server.url("public"))), (context) =>
        Context.get(context, Ledger)
      )
      const [one, other] = [yield* opened, yield* opened]
      const unrelated = yield* Effect.forkChild(other.changed("kk-t2v-2"))
      // What is announced before the other listens is lost.
      const announceUntilHeard = Effect.raceFirst(
        other.changed("kk-t2v-1"),
        Effect.forever(Effect.andThen(Effect.ignore(one.announce("kk-t2v-1")), Effect.sleep("50 millis")))
      )
      yield* announceUntilHeard
      yield* sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'klingkit'`
      yield* announceUntilHeard
      expect(unrelated.pollUnsafe()).toBeUndefined()
    }).pipe(Effect.scoped)
  )
})
