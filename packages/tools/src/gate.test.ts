import { describe, expect, it } from "@effect/vitest"
import { Kling, mostUsd, operations, usdText } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import type { SpendLimits } from "@klingkit/jobs"
import { Effect } from "effect"
import { tools } from "./catalog.ts"
import { call, emulated, failure, ledgerOf, passTime, requestsSeen } from "./testing/emulated.ts"
import { spendingCalls } from "./testing/example-arguments.ts"
import type { Tool } from "./tool.ts"

/** What is added to the catalogue later is tried as well: the calls are found by the tools' own schemas and errors. */
const charged = tools.filter((tool) => tool.charged).map((tool) => [tool.name, tool] as const)

/** The spending calls of a tool, beside a clip that somebody made without klingkit's ledger. */
const callsOf = Effect.fnUntraced(function* (tool: Tool, world: KlingWorld) {
  const { handle } = yield* Kling.use((kling) => kling.submit(operations["new.t2v.kling-3.0"], { prompt: "a dog" }))
  yield* passTime(world)
  const calls = yield* spendingCalls(tool, { clipTaskId: handle })
  expect(calls.length).toBeGreaterThan(0)
  return calls
})

/** Operations that were charged since the clip. */
const charges = Effect.fnUntraced(function* (world: KlingWorld) {
  yield* passTime(world)
  return (yield* ledgerOf(world)).charges.slice(1).map(({ operation }) => operation)
})

const limits: ReadonlyArray<SpendLimits> = [
  { maxUsdPerCall: 0.001 },
  { maxUsdPerDay: 0.001 },
  { confirmAboveUsd: 0.001 }
]

describe("no tool leads around the limits", () => {
  it.effect.each(charged.flatMap(([name, tool]) => limits.map((limit) => [name, limit, tool] as const)))(
    "%s, %j",
    ([, limit, tool]) => {
      const world = new KlingWorld()
      return Effect.gen(function* () {
        for (const { args, quote } of yield* callsOf(tool, world)) {
          const asked = (yield* requestsSeen(world)).length
          const error = yield* failure(tool.name, args)
          const most = mostUsd(quote)
          expect(error.code).toMatch(/^(LEDGER_OVER_BUDGET|JOB_NOT_APPROVED)$/)
          expect([error.wasCharged, error.message]).toEqual(["no", expect.stringContaining("$0.001")])
          expect(error.message).toContain(most === undefined ? "not known before" : usdText(most))
          expect(error.message).toMatch(/\$0\.00 (are )?spent today/)
          const since = (yield* requestsSeen(world)).slice(asked) as ReadonlyArray<{ readonly method: string }>
          expect(since.filter(({ method }) => method !== "GET")).toEqual([])
        }
        expect(yield* charges(world)).toEqual([])
      }).pipe(Effect.provide(emulated(world, limit)))
    }
  )

  it.effect.each(charged)("%s passes once with the token of its quote", ([name, tool]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      for (const { args } of yield* callsOf(tool, world)) {
        const before = (yield* charges(world)).length
        const again = { ...args, allow_repeat: true }
        const quoted = yield* call("quote_cost", { tool: name, arguments: JSON.stringify(again) })
        const { confirm_token } = quoted.facts
        expect(confirm_token).toEqual(expect.any(String))
        expect((yield* charges(world)).length).toBe(before)
        yield* call(name, { ...again, confirm_token })
        const made = (yield* charges(world)).slice(before)
        // A wish of several steps is several operations, each of them once.
        expect(made.length).toBeGreaterThan(0)
        expect(new Set(made).size).toBe(made.length)
        expect((yield* failure(name, { ...again, confirm_token })).code).toBe("LEDGER_NOT_APPROVED")
        expect((yield* charges(world)).length).toBe(before + made.length)
      }
    }).pipe(Effect.provide(emulated(world, { confirmAboveUsd: 0.001 })))
  })
})
