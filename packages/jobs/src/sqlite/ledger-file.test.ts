import { describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "vitest"
import { Ledger } from "../ledger/ledger.ts"
import { sampleJob } from "../ledger/testing/sample-job.ts"
import { temporaryFolder } from "../ledger/testing/test-database.ts"
import { idFileOf } from "./ledger-file.ts"
import { layerSqlite } from "./sqlite-ledger.ts"

const fresh = Effect.map(temporaryFolder("klingkit-home-"), (folder) => join(folder, "ledger.db"))

const open = (path: string) => Effect.map(Layer.build(layerSqlite(path)), Context.get(Ledger))

/** A ledger with one job, closed again. */
const paidBefore = Effect.fnUntraced(function* (path: string) {
  const scope = yield* Scope.make()
  const ledger = yield* Scope.provide(open(path), scope)
  const { job } = yield* ledger.createJob(sampleJob())
  yield* Scope.close(scope, Exit.void)
  return job
})

const removeFiles = (path: string) => ["", "-wal", "-shm"].forEach((end) => rmSync(`${path}${end}`, { force: true }))

describe("a ledger that is not there any more", () => {
  it.effect.each([
    ["deleted", (path: string) => removeFiles(path), "nothing"],
    ["moved", (path: string) => renameSync(path, `${path}.old`), "nothing"],
    [
      "replaced",
      (path: string) => {
        cpSync(path, `${path}.copy`)
        renameSync(`${path}.copy`, path)
      },
      "another ledger"
    ]
  ] as const)("takes no new request while it is open and %s", ([, lose, found]) =>
    Effect.gen(function* () {
      const path = yield* fresh
      const ledger = yield* open(path)
      const { job } = yield* ledger.createJob(sampleJob())
      lose(path)
      const refused = yield* Effect.flip(ledger.createJob(sampleJob()))
      expect(refused).toMatchObject({ reason: { _tag: "Replaced", found }, wasCharged: "no" })
      const lease = { owner: "this-process", fence: 1 }
      const unsent = yield* Effect.flip(ledger.transition(job.handle, ["INTENT"], "SENDING", { lease }))
      expect(unsent.reason).toMatchObject({ _tag: "Replaced" })
    })
  )

  it.effect.each([
    ["deleted", removeFiles, "nothing"],
    [
      "emptied",
      (path: string) => {
        removeFiles(path)
        writeFileSync(path, "")
      },
      "an empty file"
    ]
  ] as const)("is not begun anew after it was %s", ([, lose, found]) =>
    Effect.gen(function* () {
      const path = yield* fresh
      yield* paidBefore(path)
      lose(path)
      const error = yield* Effect.flip(open(path))
      expect(error).toMatchObject({ code: "LEDGER_REPLACED", reason: { found }, wasCharged: "no" })
      rmSync(idFileOf(path))
      expect((yield* (yield* open(path)).list()).jobs).toEqual([])
    })
  )

  it.effect("is taken for what it is when a crash has left its id empty", () =>
    Effect.gen(function* () {
      const path = yield* fresh
      const job = yield* paidBefore(path)
      const id = readFileSync(idFileOf(path), "utf8")
      writeFileSync(idFileOf(path), "")
      expect((yield* (yield* open(path)).get(job.handle)).handle).toBe(job.handle)
      expect(readFileSync(idFileOf(path), "utf8")).toBe(id)
    })
  )

  it.effect("is not confused with another ledger under its name", () =>
    Effect.gen(function* () {
      const [path, other] = [yield* fresh, yield* fresh]
      const job = yield* paidBefore(path)
      yield* paidBefore(other)
      renameSync(path, `${path}.own`)
      cpSync(other, path)
      expect(yield* Effect.flip(open(path))).toMatchObject({ reason: { _tag: "Replaced", found: "another ledger" } })
      renameSync(`${path}.own`, path)
      expect(yield* (yield* open(path)).get(job.handle)).toMatchObject({ handle: job.handle })
    })
  )
})
