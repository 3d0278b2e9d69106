import { describe, expect, it } from "@effect/vitest"
import { operations, type Plan } from "@klingkit/core"
import { fieldName, generateVideo, isPipeline, requestFacts } from "@klingkit/core/requests"
import { KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Context, Effect, Layer, Result } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Job, requestOfJob } from "./job.ts"
import { Ledger } from "./ledger/ledger.ts"
import { temporaryFolder } from "./ledger/testing/test-database.ts"
import { programOver } from "./polling/testing/programs.ts"
import { layerSqlite } from "./sqlite/sqlite-ledger.ts"
import { startJob } from "./submit/testing/start-job.ts"

/** A whole PNG of 512x512 pixels, which are not valid: enough for the checks before a request. */
const png = (): Buffer =>
  Buffer.from(
    "89504e470d0a1a0a0000000d494844520000020000000200080200000000000000000000044944415400000000000000000000000049454e4400000000",
    "hex"
  )

/** Two programs on one ledger, and a folder from which they read. */
const setting = Effect.gen(function* () {
  const world = new KlingWorld({ speed: 1 })
  const folder = yield* temporaryFolder("klingkit-repeat-")
  const ledger = Context.get(yield* Layer.build(layerSqlite(join(folder, "ledger.db"))), Ledger)
  const start = programOver(world, ledger, { folder })
  const image = join(folder, "cat.png")
  writeFileSync(image, png())
  return { world, ledger, image, one: yield* start, other: yield* start }
})

const settle = <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.map(inVirtualTime(work), Result.getOrThrow)

const made = Effect.fnUntraced(function* ({ jobs }: Effect.Success<typeof setting>["one"], given: object) {
  return yield* settle(startJob(jobs, yield* jobs.plan(generateVideo, given, fieldName)))
})

const inputsOf = (job: Job) => {
  const stored = requestOfJob(job)
  return stored === undefined ? undefined : requestFacts(stored, fieldName).inputs
}

const problemsOf = (error: { readonly reason: object }) =>
  "problems" in error.reason ? (error.reason.problems as ReadonlyArray<{ field: string; message: string }>) : []

describe("an earlier request, planned again", () => {
  it.effect("reads its file again, by any program, and the ledger has kept no content", () =>
    Effect.gen(function* () {
      const { one, other, image, world, ledger } = yield* setting
      const { handle } = yield* made(one, { image, prompt: "it jumps" })
      const { plan, take } = yield* other.jobs.planRepeat(handle, { durationSeconds: 10 }, fieldName)
      const again = yield* settle(startJob(other.jobs, plan as Plan))
      expect(take).toBe(undefined)
      expect(again.record).toMatchObject({ prompt: "it jumps" })
      const bodies = world.state.requests.rows.filter(({ path }) => path.startsWith("/image-to-video"))
      expect(bodies).toHaveLength(2)
      const stored = JSON.stringify((yield* ledger.get(handle)).request)
      expect(stored).not.toContain(png().toString("base64").slice(0, 40))
      expect(inputsOf(again)).toEqual([
        { name: "image", source: image, sha256: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: png().length }
      ])
    })
  )

  it.effect("is refused when its file is another one by now, unless the change names it", () =>
    Effect.gen(function* () {
      const { one, image } = yield* setting
      const { handle } = yield* made(one, { image, prompt: "it jumps" })
      const other = Buffer.from(png().toString("hex").replace("4944415400", "4944415401"), "hex")
      expect(other).not.toEqual(png())
      writeFileSync(image, other)
      const error = yield* Effect.flip(one.jobs.planRepeat(handle, { durationSeconds: 10 }, fieldName))
      expect(problemsOf(error)).toEqual([
        { field: "image", message: "is another file by now; if that one is meant, give its path among the changes" }
      ])
      const { plan } = yield* one.jobs.planRepeat(handle, { image }, fieldName)
      expect(isPipeline(plan) ? [] : [plan.operation.id]).toEqual(["new.i2v.kling-3.0"])
    })
  )

  it.effect("asks for what was given as content, which is not kept", () =>
    Effect.gen(function* () {
      const { one, ledger } = yield* setting
      const data = `data:image/png;base64,${png().toString("base64")}`
      const { handle } = yield* made(one, { image: data, prompt: "it jumps" })
      const error = yield* Effect.flip(one.jobs.planRepeat(handle, {}, fieldName))
      expect(problemsOf(error).map(({ field }) => field)).toEqual(["image"])
      const { plan } = yield* one.jobs.planRepeat(handle, { image: "https://a.example/cat.png" }, fieldName)
      expect(plan).toMatchObject({ input: { prompt: "it jumps", firstFrame: "https://a.example/cat.png" } })
      const { request } = yield* ledger.get(handle)
      expect(JSON.stringify(request)).not.toContain("base64")
      expect(request?.input["image"]).toEqual({ $media: { sha256: expect.any(String), bytes: png().length } })
    })
  )

  it.effect("keeps the model that was the default when it was made", () =>
    Effect.gen(function* () {
      const { one, ledger } = yield* setting
      const { handle } = yield* made(one, { prompt: "a fox" })
      const { request } = yield* ledger.get(handle)
      expect(request?.defaults).toMatchObject({ model: "kling-3.0", durationSeconds: 5, aspectRatio: "16:9" })
      const { plan, take } = yield* one.jobs.planRepeat(handle, {}, fieldName)
      expect(plan.request?.input).toMatchObject({ model: "kling-3.0", prompt: "a fox" })
      expect(take).toBe(1)
      expect(yield* settle(startJob(one.jobs, plan as Plan))).toMatchObject({ handle, isDuplicate: true })
    })
  )

  it.effect("is the operation's own where it was called by its id, also with a key pair", () =>
    Effect.gen(function* () {
      const { world, ledger } = yield* setting
      const { jobs } = yield* programOver(world, ledger, { credential: "key-pair" })
      const planned = yield* jobs.plan(operations["legacy.text2video"], { model: "kling-v3", prompt: "a fox" })
      const { handle } = yield* settle(startJob(jobs, planned))
      const { plan } = yield* jobs.planRepeat(handle, { prompt: "a dog" }, fieldName)
      expect(plan).toMatchObject({ operation: { id: "legacy.text2video" }, input: { prompt: "a dog" } })
      const declared = yield* settle(
        startJob(jobs, (yield* jobs.plan(generateVideo, { prompt: "an owl" }, fieldName)) as Plan)
      )
      const again = yield* jobs.planRepeat(declared.handle, { durationSeconds: 10 }, fieldName)
      expect(again.plan).toMatchObject({ operation: { id: "legacy.text2video" }, input: { prompt: "an owl" } })
    })
  )

  it.effect("tells another principal nothing of its request", () =>
    Effect.gen(function* () {
      const { one, world, ledger } = yield* setting
      const { handle } = yield* made(one, { prompt: "a fox" })
      const stranger = yield* programOver(world, ledger, { principal: "eve" })
      const error = yield* settle(Effect.flip(stranger.jobs.planRepeat(handle, {}, fieldName)))
      expect(error.message).not.toContain("a fox")
      expect(error.code).toMatch(/NOT_REPEATABLE|NOT_FOUND/)
    })
  )
})
