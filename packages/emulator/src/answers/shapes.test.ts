import { assert, describe, it } from "@effect/vitest"
import { catalog, findOperation } from "@klingkit/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { sendRequest, charges, type Loose } from "../testing/send-request.ts"
import { type Fixture, fixtures } from "../testing/fixtures.ts"
import { shapeOf } from "../testing/shape.ts"
import { KlingWorld } from "../world/kling-world.ts"

const operationsWith = (part: keyof Fixture) =>
  Object.entries(fixtures)
    .filter(([id, fixture]) => findOperation(id) !== undefined && fixture[part] !== undefined)
    .map(([id]) => id)

/** Sends a fixture's request and waits for its task to finish. */
const run = (world: KlingWorld, id: string) =>
  Effect.gen(function* () {
    const { method, path } = findOperation(id) ?? assert.fail(`${id} is not in the catalog`)
    const { request, query } = fixtures[id] ?? {}
    const created = yield* sendRequest(world, `${method} ${path}${query === undefined ? "" : `?${query}`}`, {
      body: request
    })
    yield* TestClock.adjust("1 hour")
    const taskId: string = created.json.data?.task_id ?? created.json.data?.id
    return { created: created.json, path, taskId }
  })

describe("answers have the shapes of the vendor's samples", () => {
  it.effect.each(operationsWith("created"))("%s responds to the create", (id) =>
    Effect.gen(function* () {
      const { created } = yield* run(new KlingWorld(), id)
      assert.deepStrictEqual(shapeOf(created), shapeOf(fixtures[id]?.created))
    })
  )

  it.effect.each(operationsWith("finished"))("%s returns its finished task", (id) =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const { path, taskId } = yield* run(world, id)
      const solutions = path.startsWith("/solutions") ? "/solutions" : "/tasks"
      const isLegacy = path.startsWith("/v1/")
      const line = isLegacy ? `GET ${path}/${taskId}` : `GET ${solutions}?task_ids=${taskId}`
      const { json } = yield* sendRequest(world, line)
      const shown = isLegacy ? json.data : json.data[0]
      assert.deepStrictEqual(shapeOf(shown), shapeOf(fixtures[id]?.finished))
      const listed: Loose = isLegacy
        ? (yield* sendRequest(world, `GET ${path}`)).json.data
        : (yield* sendRequest(world, `POST ${solutions}`, { body: {} })).json.data.result
      assert.deepStrictEqual(listed, [shown])
    })
  )

  it.effect.each([
    ["element", "legacy.elements.create"],
    ["sound", "legacy.text-to-audio"],
    ["voice", "legacy.voices.create"],
    ["series", "legacy.images.omni-image"]
  ] as const)("GET /tasks returns a legacy %s in the new shape", ([name, id]) =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const { taskId } = yield* run(world, id)
      const { json } = yield* sendRequest(world, `GET /tasks?task_ids=${taskId}`)
      assert.deepStrictEqual(shapeOf(json.data[0]), shapeOf(fixtures[name]?.finished))
    })
  )

  it.effect("a page of POST /tasks", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      yield* run(world, "new.t2v.kling-2.5-turbo")
      const body = { ...fixtures["new.t2v.kling-2.5-turbo"]?.request, options: { watermark_info: { enabled: true } } }
      yield* sendRequest(world, "POST /text-to-video/kling-2.5-turbo", { body })
      yield* TestClock.adjust("1 hour")
      const { json } = yield* sendRequest(world, "POST /tasks", { body: { limit: 1 } })
      assert.deepStrictEqual(shapeOf(json), shapeOf(fixtures["page"]?.created))
    })
  )
})

describe("every create of the catalog", () => {
  // These need a session that another call opens.
  const elsewhere = ["legacy.advanced-lip-sync", "legacy.multi-elements"]

  it("has a fixture", () => {
    const creates = catalog.filter(({ kind }) => kind === "create").map(({ id }) => id)
    assert.deepStrictEqual(
      creates.filter((id) => fixtures[id]?.request === undefined),
      elsewhere
    )
  })

  it.effect.each(operationsWith("finished"))("%s is charged once, and only when it is billed", (id) =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      yield* run(world, id)
      const rows = (yield* charges(world)).map(({ operation }) => operation)
      assert.deepStrictEqual(rows, findOperation(id)?.billed === true ? [id] : [])
    })
  )
})
