import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { Base64Url } from "effect/encoding"
import { sendRequest } from "../testing/send-request.ts"
import { KlingWorld } from "../world/kling-world.ts"

const sign = (secret: string, claims: object, head: object = { alg: "HS256", typ: "JWT" }) =>
  Effect.promise(async () => {
    const unsigned = `${Base64Url.encode(JSON.stringify(head))}.${Base64Url.encode(JSON.stringify(claims))}`
    const bytes = new TextEncoder().encode(secret)
    const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
    const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(unsigned))
    return `${unsigned}.${Base64Url.encode(new Uint8Array(signature))}`
  })

const legacy = "GET /v1/videos/text2video"

/** Sends a request with a token of these claims, 1000 s after the epoch. */
const withClaims = (line: string, change: (world: KlingWorld) => { claims?: object; secret?: string; head?: object }) =>
  Effect.gen(function* () {
    const world = new KlingWorld()
    const { claims, secret, head } = change(world)
    const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    const validClaims = { iss: world.keys.accessKey, exp: now + 1800, nbf: now - 5 }
    const token = yield* sign(secret ?? world.keys.secretKey, { ...validClaims, ...claims }, head)
    const { status, json } = yield* sendRequest(world, line, { token })
    return { status, code: json.code, message: json.message }
  })

describe("the API key", () => {
  it.effect("works for both generations", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      for (const line of [legacy, "GET /tasks?task_ids=1"]) {
        assert.strictEqual((yield* sendRequest(world, line)).json.code, 0)
      }
    })
  )

  it.effect.each([
    [null, 1001],
    ["nonsense", 1002],
    ["api-key-emulator-china-0123", 1002]
  ] as const)("%s returns 401 with code %s", ([token, code]) =>
    Effect.gen(function* () {
      const { status, json } = yield* sendRequest(new KlingWorld(), legacy, { token })
      assert.deepStrictEqual([status, json.code, json.data], [401, code, undefined])
    })
  )

  it.effect("a garbage key gets two different errors, as on the live API", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const onNew = yield* sendRequest(world, "GET /tasks?task_ids=1", { token: "nonsense" })
      const onOld = yield* sendRequest(world, legacy, { token: "nonsense" })
      assert.include(onNew.json.message, "The current API does not support AK/SK")
      assert.include(onOld.json.message, "three parts")
    })
  )

  it.effect("a key that looks real is rejected with a warning and not stored", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const token = "api-key-kling-0123456789abcdef0123456789abcdef0123456789a"
      const { status, json } = yield* sendRequest(world, "POST /text-to-video/kling-3.0", {
        token,
        body: { prompt: "x" }
      })
      assert.deepStrictEqual([status, json.code], [401, 1002])
      assert.include(json.message, "This is the klingkit emulator")
      for (const line of ["GET /_emulator/requests", "GET /_emulator/state", "GET /_emulator/ledger"]) {
        assert.notInclude((yield* sendRequest(world, line)).text, token)
      }
    })
  )
})

describe("a signed token", () => {
  it.effect("works for legacy paths and the packs", () =>
    Effect.gen(function* () {
      const costs = "GET /account/costs?start_time=0&end_time=1"
      for (const line of [legacy, costs]) assert.strictEqual((yield* withClaims(line, () => ({}))).code, 0)
    })
  )

  it.effect("gets the documented message on a path of the new generation", () =>
    Effect.gen(function* () {
      const answer = yield* withClaims("GET /tasks?task_ids=1", () => ({}))
      assert.deepStrictEqual([answer.status, answer.code], [401, 1002])
      assert.include(answer.message, "The current API does not support AK/SK")
    })
  )

  it.effect.each([
    ["another signature", { secret: "not the secret" }, 1000],
    ["another algorithm", { head: { alg: "none", typ: "JWT" } }, 1000],
    ["an unknown access key", { claims: { iss: "somebody" } }, 1002],
    ["an end in the past", { claims: { exp: -1 } }, 1004],
    ["no end", { claims: { exp: undefined } }, 1004],
    ["a beginning in the future", { claims: { nbf: 60 } }, 1003]
  ] as const)("with %s is rejected", ([, change, code]) =>
    Effect.gen(function* () {
      const answer = yield* withClaims(legacy, () => change)
      assert.deepStrictEqual([answer.status, answer.code], [401, code])
    })
  )

  it.effect("expires when the emulator's clock is advanced, and the Date header has its time", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const token = yield* sign(world.keys.secretKey, { iss: world.keys.accessKey, exp: 1800, nbf: 0 })
      assert.strictEqual((yield* sendRequest(world, legacy, { token })).json.code, 0)
      yield* sendRequest(world, "POST /_emulator/advance", { body: { seconds: 1801 } })
      const late = yield* sendRequest(world, legacy, { token })
      assert.deepStrictEqual([late.json.code, Date.parse(late.headers["date"] ?? "")], [1004, 1_801_000])
    })
  )
})
