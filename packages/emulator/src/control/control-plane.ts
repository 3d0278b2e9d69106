import { Result, Schema } from "effect"
import { FaultPlan } from "../faults/fault-plan.ts"
import type { JsonAnswer, KlingRequest } from "../routes/request.ts"
import { statusAt } from "../world/task.ts"
import type { WorldState } from "../world/world-state.ts"

/** Everything below this path belongs to the emulator, not to Kling. */
export const controlPath = "/_emulator/"

const ok = (body: unknown): JsonAnswer => ({ status: 200, code: 0, body })
const badRequest = (error: string): JsonAnswer => ({ status: 400, code: 1200, body: { error } })

const plan = (world: WorldState) => ({ faults: world.faults.list(), switches: world.switches })

const decodePlan = Schema.decodeUnknownResult(Schema.fromJsonString(FaultPlan), { onExcessProperty: "error" })
const decodeAdvance = Schema.decodeUnknownResult(
  Schema.fromJsonString(Schema.Struct({ seconds: Schema.Number.check(Schema.isGreaterThanOrEqualTo(0)) }))
)

const decodeRotation = Schema.decodeUnknownResult(
  Schema.fromJsonString(Schema.Struct({ revoke: Schema.optionalKey(Schema.Boolean) }))
)

const routes: Readonly<Record<string, (world: WorldState, request: KlingRequest, now: number) => JsonAnswer>> = {
  "GET ledger": (world, _request, now) =>
    ok({
      charges: world.charges.map(({ charge }) => charge),
      tasks: Array.from(world.tasks.newestFirst(), (task) => ({
        taskId: task.id,
        externalTaskId: task.externalId,
        operation: task.operation.id,
        status: statusAt(task, now),
        at: task.createdAt
      })).toReversed()
    }),
  "GET requests": (world) => ok({ requests: world.requests.rows }),
  "GET callbacks": (world) => ok({ callbacks: world.callbacks }),
  "GET state": (world, _request, now) => ok({ now, speed: world.speed, packs: world.packs, ...plan(world) }),
  "GET faults": (world) => ok(plan(world)),
  "POST faults": (world, request) => {
    const decoded = decodePlan(request.body)
    if (Result.isFailure(decoded)) return badRequest(decoded.failure.message)
    world.plan(decoded.success)
    return ok(plan(world))
  },
  "DELETE faults": (world) => {
    world.clearPlan()
    return ok(plan(world))
  },
  "POST rotate-key": (world, request) => {
    const decoded = decodeRotation(request.body === "" ? "{}" : request.body)
    if (Result.isFailure(decoded)) return badRequest(decoded.failure.message)
    return ok({ apiKey: world.rotateKey(decoded.success.revoke === true) })
  },
  "POST advance": (world, request, now) => {
    const decoded = decodeAdvance(request.body)
    if (Result.isFailure(decoded)) return badRequest(decoded.failure.message)
    world.clockOffsetMs += decoded.success.seconds * 1000
    const then = now + decoded.success.seconds * 1000
    world.advanceTo(then)
    return ok({ now: then })
  }
}

/** Handles `/_emulator/...`: the ledger, the request log, faults and the clock. It needs no key. */
export const answerControl = (world: WorldState, request: KlingRequest, now: number): JsonAnswer => {
  const name = request.path.slice(controlPath.length)
  const answer = routes[`${request.method} ${name}`]
  return answer === undefined
    ? { status: 404, code: 1203, body: { error: `Not found. Available: ${Object.keys(routes).join(", ")}` } }
    : answer(world, request, now)
}
