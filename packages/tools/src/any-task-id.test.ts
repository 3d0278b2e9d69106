import { describe, expect, it } from "@effect/vitest"
import { catalog, type CredentialKind, findOperation } from "@klingkit/core"
import { stringifyJson } from "@klingkit/core/internal"
import { KlingWorld } from "@klingkit/emulator"
import { Effect, Layer } from "effect"
import { call, emulated, failure, passTime, requestsSeen } from "./testing/emulated.ts"

interface Made {
  readonly what: string
  readonly ids: Readonly<Record<"handle" | "Kling's id" | "result's id", string | undefined>>
  readonly outputs: ReadonlyArray<{ readonly type: string; readonly id?: string; readonly duration_seconds?: number }>
}

/** Operations that start from a session of another call; `create_lipsync` stands for them. */
const needSession = ["legacy.advanced-lip-sync", "legacy.multi-elements"]

const creates = (kind: CredentialKind) =>
  catalog.filter(
    ({ id, kind: what, generation }) =>
      what === "create" && !needSession.includes(id) && (kind === "api-key" || generation === "legacy")
  )

/** A finished task of every operation that makes one. */
const oneOfEach = Effect.fnUntraced(function* (world: KlingWorld, kind: CredentialKind) {
  const started: Array<readonly [string, Readonly<Record<string, unknown>>]> = []
  for (const operation of creates(kind)) {
    const { structured } = yield* call("call_kling_api", {
      operation: operation.id,
      input: stringifyJson(operation.example)
    })
    started.push([operation.id, structured])
    // The account has few concurrency slots; when they are full the next request would wait.
    yield* passTime(world)
  }
  const spoken = { video_url: "https://a.example/talk.mp4", tts_text: "Good morning, and welcome" }
  started.push(["create_lipsync", (yield* call("create_lipsync", spoken)).structured])
  yield* passTime(world)
  return yield* Effect.forEach(started, ([what, { task_id, kling_task_id }]) =>
    Effect.map(call("check_video_status", { task_id }), ({ structured }): Made => {
      const outputs = structured["outputs"] as Made["outputs"]
      const ids = { handle: task_id as string, "Kling's id": kling_task_id as string, "result's id": outputs[0]?.id }
      return { what, ids, outputs }
    })
  )
})

/**
 * What a process without the original ledger cannot know: a handle that Kling does not store, since the operation takes
 * none or it stands for several steps, and the result of a solution, since Kling lists no solutions.
 */
const onlyMakerKnows = (what: string, kind: string): boolean =>
  kind === "handle"
    ? findOperation(what)?.externalId === undefined
    : kind === "result's id" && what.startsWith("solutions.")

const everyId = (all: ReadonlyArray<Made>, isMaker: boolean) =>
  all.flatMap((made) =>
    Object.entries(made.ids).flatMap(([kind, id]) =>
      id === undefined || (!isMaker && onlyMakerKnows(made.what, kind)) ? [] : [{ ...made, kind, id }]
    )
  )

/** What a tool says of each id, beside what it should say; one object, so that a failure shows all that are wrong. */
const table = <A, E, R>(
  ids: ReturnType<typeof everyId>,
  ask: (one: ReturnType<typeof everyId>[number]) => Effect.Effect<A, E, R>
) =>
  Effect.map(
    Effect.forEach(ids, (one) => Effect.map(ask(one), (said) => [`${one.what} by its ${one.kind}`, said] as const)),
    Object.fromEntries
  )

describe.each(["api-key", "key-pair"] as const)("with an %s, a task of any kind", (kind) => {
  it.effect.each([
    ["the program that made it", true],
    ["another program, with a ledger of its own", false]
  ] as const)("is found by each of its ids, by %s", ([, isMaker]) => {
    const world = new KlingWorld()
    const program = () => Layer.fresh(emulated(world, {}, kind))
    return Effect.gen(function* () {
      const readAll = Effect.fnUntraced(function* (all: ReadonlyArray<Made>) {
        const ids = everyId(all, isMaker)
        for (const tool of ["check_video_status", "check_image_status", "wait_for_task"]) {
          const seen = yield* table(ids, ({ id }) =>
            Effect.map(call(tool, { task_id: id }), ({ structured }) => structured["outputs"])
          )
          expect(seen).toEqual(yield* table(ids, ({ outputs }) => Effect.succeed(outputs)))
        }
        const videos = ids.filter(
          ({ outputs: [first] }) => first?.type === "video" && (first.duration_seconds ?? 0) <= 10
        )
        for (const [tool, args] of [
          ["extend_video", { prompt: "it jumps" }],
          ["create_lipsync", { tts_text: "Good morning, and welcome" }]
        ] as const) {
          const priced = yield* table(videos, ({ id }) =>
            Effect.map(
              call("quote_cost", { tool, arguments: stringifyJson({ ...args, task_id: id }) }),
              ({ structured }) => structured["operation"] !== ""
            )
          )
          expect(priced).toEqual(yield* table(videos, () => Effect.succeed(true)))
        }
        return ids.length
      })
      if (isMaker) {
        return expect(
          yield* Effect.flatMap(oneOfEach(world, kind), readAll).pipe(Effect.provide(program()))
        ).toBeGreaterThan(2 * creates(kind).length)
      }
      const all = yield* oneOfEach(world, kind).pipe(Effect.provide(program()))
      expect(yield* readAll(all).pipe(Effect.provide(program()))).toBeGreaterThan(2 * creates(kind).length)
    })
  })
})

describe("an unknown id", () => {
  it.effect.each(["nonsense", "893605946402811985", "kk-t2v-00000000000000000000000000", "7"])(
    "is reported as not found: %s",
    (task_id) =>
      Effect.gen(function* () {
        for (const tool of ["check_video_status", "wait_for_task", "download_task"]) {
          const error = yield* failure(tool, { task_id })
          expect(error.message).toBe(`no task ${task_id} on this account`)
        }
      }).pipe(Effect.provide(emulated()))
  )

  it.effect("is not searched for among results when it is a klingkit handle", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* failure("check_video_status", { task_id: "kk-t2v-00000000000000000000000000" })
      const paths = (yield* requestsSeen(world)).map((request) => (request as { readonly method: string }).method)
      expect(new Set(paths)).toEqual(new Set(["GET"]))
    }).pipe(Effect.provide(emulated(world)))
  })
})
