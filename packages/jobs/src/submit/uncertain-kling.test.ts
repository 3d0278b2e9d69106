import { expect, it } from "@effect/vitest"
import { planVideo } from "@klingkit/core"
import { type Fault, KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Effect, Result } from "effect"
import { TestClock } from "effect/testing"
import { type Program, programsOf } from "../polling/testing/programs.ts"
import { startJob } from "./testing/start-job.ts"

/** Of the first call: its error, if any, and what the ledger has then. */
type Outcome = readonly [code: string | undefined, state: string]

const submit = ({ jobs }: Program) =>
  Effect.flatMap(planVideo({ prompt: "a cat" }, "api-key"), (plan) =>
    startJob(jobs, plan, { idempotencyKey: "order-1" })
  )

/** With ids that are not unique, a task that is not shown for longer than the lookups take could be made twice (ADR 0011). */
const cases: ReadonlyArray<readonly [Fault, "enforce" | "off", Outcome]> = [
  [{ fault: "commit-then-drop" }, "enforce", ["KLING_SUBMISSION_UNKNOWN", "UNKNOWN"]],
  [{ fault: "commit-then-hang" }, "off", [undefined, "ACCEPTED"]],
  [{ fault: "late-commit", seconds: 20 }, "enforce", [undefined, "ACCEPTED"]]
]

it.effect.each(cases)("a Kling with %j that shows tasks after 30 s, ids unique: %s, makes one task", (entry) =>
  Effect.gen(function* () {
    const [fault, uniqueness, outcome] = entry
    const switches = { uniqueness, visibilityDelaySeconds: 30 }
    const world = new KlingWorld({ speed: 1, faults: { faults: [fault], switches } })
    const program = yield* (yield* programsOf(world))()
    const stateOf = Effect.map(program.ledger.list(), ({ jobs: [job] }) => job?.state)
    const first = yield* inVirtualTime(submit(program))
    expect([Result.isFailure(first) ? first.failure.code : undefined, yield* stateOf]).toEqual(outcome)
    yield* TestClock.adjust("6 minutes")
    yield* inVirtualTime(program.recovery.run)
    expect(yield* stateOf).toBe("ACCEPTED")
    expect(yield* inVirtualTime(submit(program))).toMatchObject({ success: { isDuplicate: true } })
    expect(world.state.tasks.size).toBe(1)
  })
)
