import { describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Stream } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import { expect } from "vitest"
import { layerSqliteClient } from "./sqlite-client.ts"

const open = Effect.gen(function* () {
  const context = yield* Layer.build(layerSqliteClient(":memory:", 0))
  const sql = Context.get(context, SqlClient)
  yield* sql`CREATE TABLE things (name TEXT UNIQUE, size BIGINT, is_red BOOLEAN)`
  return sql
})

describe("the client over Node's SQLite", () => {
  it.effect("writes and reads values of every type", () =>
    Effect.gen(function* () {
      const sql = yield* open
      const big = 2 ** 53 - 1
      yield* sql`INSERT INTO things ${sql.insert([
        { name: "a", size: big, is_red: true },
        { name: "b", size: null, is_red: undefined }
      ])}`
      const rows = [
        { name: "a", size: big, is_red: 1 },
        { name: "b", size: null, is_red: null }
      ]
      expect((yield* sql`SELECT * FROM things`).map((row) => ({ ...row }))).toEqual(rows)
      expect(yield* sql`SELECT * FROM things`.values).toEqual(rows.map((row) => Object.values(row)))
      const streamed = yield* Stream.runCollect(sql`SELECT name FROM things`.stream)
      expect(streamed.map((row) => row["name"])).toEqual(["a", "b"])
    })
  )

  it.effect("rolls back a transaction that fails or dies, and nothing else", () =>
    Effect.gen(function* () {
      const sql = yield* open
      const add = (name: string) => sql`INSERT INTO things ${sql.insert({ name, size: 1, is_red: false })}`
      const inner = yield* Effect.exit(sql.withTransaction(Effect.andThen(add("a"), Effect.fail("no"))))
      expect(Exit.isFailure(inner)).toBe(true)
      yield* Effect.exit(sql.withTransaction(Effect.andThen(add("b"), Effect.die("no"))))
      yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* add("c")
          yield* Effect.exit(sql.withTransaction(Effect.andThen(add("d"), Effect.fail("no"))))
          yield* add("e")
        })
      )
      expect((yield* sql`SELECT name FROM things ORDER BY name`).map((row) => row["name"])).toEqual(["c", "e"])
    })
  )

  it.effect("classifies why a statement failed", () =>
    Effect.gen(function* () {
      const sql = yield* open
      const add = sql`INSERT INTO things (name) VALUES (${"a"})`
      yield* add
      expect((yield* Effect.flip(add)).reason._tag).toBe("UniqueViolation")
      expect((yield* Effect.flip(sql`SELECT nonsense FROM nowhere`)).reason._tag).toBe("UnknownError")
    })
  )
})
