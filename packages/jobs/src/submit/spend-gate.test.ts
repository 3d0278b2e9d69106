import { NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { type AnyOperation, catalog, Kling, maxUsd, type Plan, planOperation, planVideo } from "@klingkit/core"
import { usdText } from "@klingkit/core/internal"
import { planVariants } from "@klingkit/core/requests"
import { emulatorHttpClient, KlingWorld } from "@klingkit/emulator"
import { nodeFileHost } from "@klingkit/media/node"
import { Effect, FileSystem, Layer, ManagedRuntime, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { Jobs } from "../jobs.ts"
import { LedgerSource } from "../ledger/ledger-source.ts"
import { sampleJob } from "../ledger/testing/sample-job.ts"
import type { SpendLimits } from "../spend-limits.ts"
import { layerSqliteMemory } from "../sqlite/sqlite-ledger.ts"
import type { SubmitJobOptions } from "./submit-job.ts"
import { startJob } from "./testing/start-job.ts"

/** All operations that Kling may charge for, as the catalog declares them: later additions are tested as well. */
const paid = catalog.filter((operation) => operation.billed && maxUsd(operation.price(operation.example)) !== 0)

/** What this account has spent earlier today. */
const earlierUsd = 0.42

const programs = (world: KlingWorld, limits: SpendLimits) => {
  const credentials = { kind: "api-key", apiKey: Redacted.make(world.keys.apiKey) } as const
  const kling = Kling.layer({ credentials, baseUrl: "http://127.0.0.1" })
  const config = { homeDir: "/", outputDir: "/none", inputDirs: [], limits, principal: "local" }
  return Jobs.layer(config).pipe(
    Layer.provideMerge(kling),
    Layer.provideMerge(LedgerSource.layer(layerSqliteMemory)),
    Layer.provide([emulatorHttpClient(world), FileSystem.layerNoop({}), NodePath.layer, nodeFileHost])
  )
}

const spendEarlier = Effect.gen(function* () {
  const { account } = yield* Kling
  const ledger = yield* (yield* LedgerSource).open
  yield* ledger.createJob(sampleJob({ account }))
})

/** The plan of an operation's example; if the example has a session, one is opened first. */
const planOf = Effect.fnUntraced(function* (operation: AnyOperation) {
  const { example } = operation
  if (!("sessionId" in example)) return yield* planOperation(operation, example)
  const opener = catalog.find(({ kind, family, params }) => {
    return kind === "call" && family === operation.family && !("sessionId" in params)
  })
  if (opener === undefined || opener.kind === "create")
    return yield* Effect.die(`no operation opens a session for ${operation.id}`)
  const kling = yield* Kling
  const { session_id } = (yield* kling.call(opener, opener.example)) as { readonly session_id: string }
  return yield* planOperation(operation, { ...example, sessionId: session_id })
})

type Approval = Pick<SubmitJobOptions, "isApproved" | "approval" | "take">

const run = (plan: Plan, { take, ...approval }: Approval = {}) =>
  Jobs.use((jobs) => jobs.run(plan, { ...approval, ...(take === undefined ? { allowDuplicate: true } : { take }) }))

/** Limits that the price of an operation exceeds, and the amount that the refusal has to name. */
const tooLow = (most: number | undefined): ReadonlyArray<readonly [SpendLimits, number]> => {
  const limitUsd = most === undefined ? 1 : most * 0.99
  return [
    [{ maxUsdPerCall: limitUsd }, limitUsd],
    [{ maxUsdPerDay: limitUsd + earlierUsd }, limitUsd + earlierUsd],
    [{ confirmAboveUsd: limitUsd }, limitUsd]
  ]
}

const chargedOperations = ({ state }: KlingWorld) => state.charges.map(({ charge }) => charge.operation)

const passTime = ({ state }: KlingWorld) => state.advanceTo(Number.MAX_SAFE_INTEGER)

describe("no charge bypasses the limits", () => {
  it.effect.each(paid.map((operation) => [operation.id, operation] as const))("for %s", ([, operation]) =>
    Effect.gen(function* () {
      const plan = yield* planOperation(operation, operation.example)
      const most = maxUsd(plan.quote)
      for (const [limits, limitUsd] of tooLow(most)) {
        const world = new KlingWorld()
        const error = yield* Effect.flip(Effect.andThen(spendEarlier, run(plan))).pipe(
          Effect.provide(programs(world, limits))
        )
        expect(error.code).toMatch(/^(LEDGER_OVER_BUDGET|JOB_NOT_APPROVED)$/)
        passTime(world)
        expect({
          limits,
          charged: error.wasCharged,
          charges: chargedOperations(world),
          requests: world.state.requests.rows
        }).toEqual({ limits, charged: "no", charges: [], requests: [] })
        expect(error.message).toContain(usdText(limitUsd))
        expect(error.message).toContain(most === undefined ? "the price is unknown until charged" : usdText(most))
        expect(error.message).toMatch(/\$0\.42 (is used today|of today.s limit is used): \$0\.42 reserved/)
      }
    })
  )
})

describe("a program without Effect, or with an unknown model", () => {
  it("is subject to the same limits through promises", async () => {
    const world = new KlingWorld()
    const runtime = ManagedRuntime.make(programs(world, { maxUsdPerCall: 0.41 }))
    try {
      const plan = await Effect.runPromise(planVideo({ prompt: "a cat" }, "api-key"))
      const submitted = runtime.runPromise(Jobs.use((jobs) => startJob(jobs, plan, { isApproved: true })))
      await expect(submitted).rejects.toMatchObject({ code: "LEDGER_OVER_BUDGET", wasCharged: "no" })
      expect(world.state.requests.rows).toEqual([])
    } finally {
      await runtime.dispose()
    }
  })

  it.effect("sends an unknown model only with an approval, and Kling decides", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const plan = yield* planVideo({ model: "kling-v9", prompt: "a cat" }, "api-key")
      expect((yield* Effect.flip(run(plan))).message).toContain("no listed price for kling-v9")
      expect(world.state.requests.rows).toEqual([])
      expect((yield* Effect.flip(run(plan, { isApproved: true }))).code).toBe("KLING_NOT_SUPPORTED")
      expect(world.state.requests.rows.filter(({ method }) => method === "POST")).toHaveLength(1)
    }).pipe(Effect.provide(programs(world, { maxUsdPerDay: 1 })))
  })
})

describe("an approval allows one charge", () => {
  /** Every price needs an approval. */
  const limits = { confirmAboveUsd: 0 }

  it.effect.each(paid.map((operation) => [operation.id, operation] as const))("for %s", ([id, operation]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const jobs = yield* Jobs
      const plan = yield* planOf(operation)
      const charges = () => {
        passTime(world)
        return chargedOperations(world).filter((operation) => operation === id).length
      }
      yield* run(plan, { isApproved: true, take: 1 })
      expect(charges()).toBe(1)
      // Who repeats it has paid already: nothing is left to approve.
      yield* run(plan, { take: 1 })
      expect(charges()).toBe(1)

      const approval = yield* jobs.approve(plan)
      const otherRequest = { ...plan, input: { ...plan.input, prompt: "another request" } }
      const moreExpensive = {
        ...plan,
        quote: { ...plan.quote, priceUsd: 999, upperBound: { units: 1, priceUsd: 999 } }
      }
      for (const other of [otherRequest, moreExpensive]) {
        expect((yield* Effect.flip(run(other, { approval }))).code).toBe("LEDGER_NOT_APPROVED")
      }
      expect(charges()).toBe(1)
      yield* run(plan, { approval, take: 2 })
      expect(charges()).toBe(2)
      expect((yield* Effect.flip(run(plan, { approval, take: 3 }))).code).toBe("LEDGER_NOT_APPROVED")
      expect((yield* Effect.flip(run(plan, { take: 3 }))).code).toBe("JOB_NOT_APPROVED")
      expect(charges()).toBe(2)
    }).pipe(Effect.provide(programs(world, limits)))
  })

  it.effect("answers for its takes, and for no further one", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const plan = yield* planVideo({ prompt: "a cat" }, "api-key")
      const takes = (variants: number, approval: Approval = {}) =>
        Effect.flatMap(planVariants(plan, { variants }), (several) => run(several, { take: 1, ...approval }))
      yield* takes(2, { isApproved: true })
      yield* takes(2)
      expect((yield* Effect.flip(takes(3))).code).toBe("JOB_NOT_APPROVED")
      passTime(world)
      expect(chargedOperations(world)).toHaveLength(2)
    }).pipe(Effect.provide(programs(world, limits)))
  })

  it.effect("is for one revision of a request: not for other takes of it, nor for a line of a file", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const jobs = yield* Jobs
      const planTakes = (prompt: string, variants: number) =>
        Effect.flatMap(planVideo({ prompt }, "api-key"), (plan) => planVariants(plan, { variants }))
      const two = yield* planTakes("a cat", 2)
      const approval = yield* jobs.approve(two)
      const single = yield* planVideo({ prompt: "a cat" }, "api-key")
      for (const revised of [yield* planTakes("a cat", 3), yield* planTakes("a dog", 2), single]) {
        expect((yield* Effect.flip(run(revised, { approval, take: 1 }))).code).toBe("LEDGER_NOT_APPROVED")
      }
      // What a line asks for may change while it stays the same line.
      const ofSingle = yield* jobs.approve(single)
      const line = { approval: ofSingle, dedupeBy: { file: "videos.csv", line: 7 } }
      expect((yield* Effect.flip(jobs.run(single, line))).code).toBe("LEDGER_NOT_APPROVED")
      expect(world.state.requests.rows.filter(({ method }) => method === "POST")).toEqual([])
      yield* run(two, { approval, take: 1 })
      expect((yield* Effect.flip(run(two, { approval, take: 3 }))).code).toBe("LEDGER_NOT_APPROVED")
      passTime(world)
      expect(chargedOperations(world)).toHaveLength(2)
    }).pipe(Effect.provide(programs(world, limits)))
  })

  it.effect("answers until its job has ended, also if only Kling knows that it has", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const plan = yield* planVideo({ prompt: "a cat" }, "api-key")
      yield* run(plan, { isApproved: true, take: 1 })
      passTime(world)
      // The ledger has it as running, and finds it; Kling says that it ended long before.
      yield* TestClock.setTime(Date.UTC(2100, 0))
      expect((yield* Effect.flip(run(plan, { take: 1 }))).code).toBe("JOB_NOT_APPROVED")
      expect(chargedOperations(world)).toHaveLength(1)
    }).pipe(Effect.provide(programs(world, limits)))
  })

  it.effect("overrides no limit per call or per day if the price is known", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const known = paid.filter((operation) => maxUsd(operation.price(operation.example)) !== undefined)
      for (const operation of known) {
        const plan = yield* planOperation(operation, operation.example)
        expect((yield* Effect.flip(run(plan, { isApproved: true }))).code).toBe("LEDGER_OVER_BUDGET")
      }
      expect(world.state.requests.rows).toEqual([])
    }).pipe(Effect.provide(programs(world, { maxUsdPerDay: 0.001 })))
  })
})
