import { NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { findOperation, Kling, type Plan, planOperation, planVideo } from "@klingkit/core"
import { emulatorHttpClient, KlingWorld } from "@klingkit/emulator"
import { FileHost } from "@klingkit/media"
import { Effect, FileSystem, Layer, Redacted, Result } from "effect"
import { planPipeline } from "@klingkit/core/requests"
import { Jobs } from "./jobs.ts"
import { LedgerSource } from "./ledger/ledger-source.ts"
import { layerSqliteMemory } from "./sqlite/sqlite-ledger.ts"
import { startJob } from "./submit/testing/start-job.ts"

const node = Layer.merge(FileSystem.layerNoop({}), NodePath.layer)
const megabyte = 1_000_000

/** Jobs on a Kling in memory and a disk with the given free space per folder. */
const jobsOn = (world: KlingWorld, freeBytes: (folder: string) => number | undefined) =>
  Jobs.layer({ homeDir: "/", outputDir: "/videos", inputDirs: [], limits: {}, principal: "local" }).pipe(
    Layer.provide(
      Kling.layer({
        credentials: { kind: "api-key", apiKey: Redacted.make(world.keys.apiKey) },
        baseUrl: "https://kling.example"
      })
    ),
    Layer.provide(emulatorHttpClient(world)),
    Layer.provide(Layer.mock(FileHost)({ freeBytes: (folder) => Effect.sync(() => freeBytes(folder)) })),
    Layer.provide(LedgerSource.layer(layerSqliteMemory)),
    Layer.provide(node)
  )

const senders: Readonly<
  Record<
    string,
    (jobs: Jobs["Service"], plan: Plan) => Effect.Effect<unknown, { readonly code: string; readonly message: string }>
  >
> = {
  submit: (jobs, plan) => startJob(jobs, plan),
  begin: (jobs, plan) =>
    Effect.flatMap(planPipeline("one step", [{ id: "video", plan }]), (pipeline) => startJob(jobs, pipeline)),
  call: (jobs) => {
    const speech = findOperation("legacy.tts")
    if (speech === undefined) throw new Error("no speech")
    return Effect.flatMap(
      planOperation(speech, { text: "hello", voiceId: "genshin_vindi2", voiceLanguage: "en" }),
      (plan) => jobs.run(plan)
    )
  }
}

describe("a paid request", () => {
  it.effect.each(Object.keys(senders))("is not sent when there is no space for its results: %s", (sender) =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      let free = 40 * megabyte
      const send = Effect.gen(function* () {
        const jobs = yield* Jobs
        const plan = yield* planVideo({ prompt: "a cat" }, "api-key")
        const refused = yield* Effect.flip(senders[sender]?.(jobs, plan) ?? Effect.die(sender))
        expect(refused).toMatchObject({ code: "JOB_NO_SPACE", wasCharged: "no" })
        expect(refused.message).toContain("not enough space in /videos: 110 MB needed, 40 MB free")
        expect(world.state.requests.rows).toEqual([])
        free = 400 * megabyte
        yield* senders[sender]?.(jobs, plan) ?? Effect.void
      })
      yield* Effect.provide(
        send,
        jobsOn(world, () => free)
      )
    })
  )

  it.effect("needs space in its output folder; if free space is unknown, it passes", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const submit = (folder: string) =>
        Effect.gen(function* () {
          const jobs = yield* Jobs
          const plan = yield* planVideo({ prompt: folder }, "api-key")
          return yield* Effect.result(startJob(jobs, plan, { folder }))
        })
      const free: Readonly<Record<string, number>> = { "/small": 0, "/large": 1e12 }
      yield* Effect.gen(function* () {
        expect(Result.isFailure(yield* submit("/small"))).toBe(true)
        expect(Result.isSuccess(yield* submit("/large"))).toBe(true)
        expect(Result.isSuccess(yield* submit("/unknown"))).toBe(true)
      }).pipe(Effect.provide(jobsOn(world, (folder) => free[folder])))
    })
  )
})
