import { describe, expect, it } from "@effect/vitest"
import { Kling, maxUsd, mintHandle, operations } from "@klingkit/core"
import { usdText } from "@klingkit/core/internal"
import { generateVideo } from "@klingkit/core/requests"
import { KlingWorld } from "@klingkit/emulator"
import { Jobs, LedgerSource, type SpendLimits, UserApprovals } from "@klingkit/jobs"
import { Effect } from "effect"
import { tools } from "./catalog.ts"
import { call, emulated, failure, ledgerOf, passTime, requestsSeen } from "./testing/emulated.ts"
import { chargedCalls } from "./testing/example-arguments.ts"
import type { Tool, ToolFailure } from "./tool.ts"

/** Tools added later are covered too: the calls are derived from the tools' own schemas and errors. */
const charged = tools.filter((tool) => tool.charged).map((tool) => [tool.name, tool] as const)

/** A task in the ledger that has cost nothing: it was never sent. */
const keptTask = Effect.gen(function* () {
  const jobs = yield* Jobs
  const { account } = yield* Kling
  const ledger = yield* LedgerSource.use(({ open }) => open)
  const plan = yield* jobs.plan(generateVideo, { prompt: "a cat" }, (_, field) => field)
  const { job } = yield* ledger.createJob({
    handle: yield* mintHandle("t2v"),
    account,
    operation: "new.t2v.kling-3.0",
    family: "t2v",
    model: "kling-3.0",
    generation: "new",
    input: { prompt: "never sent" },
    quote: { state: "exact", priceUsd: 0, rule: "nothing" },
    ...(plan.request === undefined ? {} : { request: plan.request })
  })
  return job.handle
})

/** The charged calls of a tool, given a video that was made without klingkit's ledger. */
const callsOf = Effect.fnUntraced(function* (tool: Tool, world: KlingWorld) {
  const { handle } = yield* Kling.use((kling) => kling.submit(operations["new.t2v.kling-3.0"], { prompt: "a dog" }))
  yield* passTime(world)
  const calls = yield* chargedCalls(tool, { videoTaskId: handle, keptTaskId: yield* keptTask })
  expect(calls.length).toBeGreaterThan(0)
  return calls
})

/** Operations that were charged after the video. */
const charges = Effect.fnUntraced(function* (world: KlingWorld) {
  yield* passTime(world)
  return (yield* ledgerOf(world)).charges.slice(1).map(({ operation }) => operation)
})

/** Of the question that the user has to answer. */
const codeOf = ({ reason }: ToolFailure): string =>
  (reason._tag === "NotApproved" ? reason.approvalCode : undefined) ?? expect.fail(reason._tag)

const limits: ReadonlyArray<SpendLimits> = [
  { maxUsdPerCall: 0.001 },
  { maxUsdPerDay: 0.001 },
  { confirmAboveUsd: 0.001 }
]

describe("every tool respects the spend limits", () => {
  it.effect.each(charged.flatMap(([name, tool]) => limits.map((limit) => [name, limit, tool] as const)))(
    "%s, %j",
    ([, limit, tool]) => {
      const world = new KlingWorld()
      return Effect.gen(function* () {
        for (const { args, quote } of yield* callsOf(tool, world)) {
          const asked = (yield* requestsSeen(world)).length
          const error = yield* failure(tool.name, args)
          const most = maxUsd(quote)
          expect(error.code).toMatch(/^(LEDGER_OVER_BUDGET|JOB_NOT_APPROVED)$/)
          expect([error.wasCharged, error.message]).toEqual(["no", expect.stringContaining("$0.001")])
          expect(error.message).toContain(most === undefined ? "unknown until charged" : usdText(most))
          expect(error.message).toMatch(/\$0\.00 (is used today|of today.s limit is used)/)
          const since = (yield* requestsSeen(world)).slice(asked) as ReadonlyArray<{ readonly method: string }>
          expect(since.filter(({ method }) => method !== "GET")).toEqual([])
        }
        expect(yield* charges(world)).toEqual([])
      }).pipe(Effect.provide(emulated(world, limit)))
    }
  )

  it.effect.each(charged)("%s passes once when the user has approved it, and by no argument", ([name, tool]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      for (const { args } of yield* callsOf(tool, world)) {
        const before = (yield* charges(world)).length
        const another = { ...args, allow_duplicate: true }
        const quoted = yield* call("quote_cost", { tool: name, arguments: JSON.stringify(another) })
        expect(quoted.structured).not.toHaveProperty("confirm_token")
        const code = codeOf(yield* failure(name, another))
        expect(codeOf(yield* failure(name, { ...another, confirm_token: code }))).toBe(code)
        expect((yield* charges(world)).length).toBe(before)
        expect(yield* UserApprovals.use((approvals) => approvals.grant(code))).toBe(true)
        yield* call(name, another)
        const made = (yield* charges(world)).slice(before)
        expect(made.length).toBeGreaterThan(0)
        expect(new Set(made).size).toBe(made.length)
        // What was paid is not asked about again.
        yield* call(name, args)
        expect((yield* charges(world)).length).toBe(before + made.length)
        expect(codeOf(yield* failure(name, { ...args, take: 9 }))).not.toBe(code)
        expect((yield* charges(world)).length).toBe(before + made.length)
      }
    }).pipe(Effect.provide(emulated(world, { confirmAboveUsd: 0.001 })))
  })

  it.effect.each(charged)("%s passes once with the token of its quote, where tokens are allowed", ([name, tool]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      for (const { args } of yield* callsOf(tool, world)) {
        const before = (yield* charges(world)).length
        const duplicate = { ...args, allow_duplicate: true }
        const quoted = yield* call("quote_cost", { tool: name, arguments: JSON.stringify(duplicate) })
        const { confirm_token } = quoted.structured
        expect(confirm_token).toEqual(expect.any(String))
        expect((yield* charges(world)).length).toBe(before)
        yield* call(name, { ...duplicate, confirm_token })
        const made = (yield* charges(world)).slice(before)
        // A request of several steps is several operations, each charged once.
        expect(made.length).toBeGreaterThan(0)
        expect(new Set(made).size).toBe(made.length)
        expect((yield* failure(name, { ...args, take: 9, confirm_token })).code).toBe("LEDGER_NOT_APPROVED")
        expect((yield* charges(world)).length).toBe(before + made.length)
      }
    }).pipe(Effect.provide(emulated(world, { confirmAboveUsd: 0.001, confirmTokens: true })))
  })
})
