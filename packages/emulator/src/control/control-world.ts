import { Effect } from "effect"
import type { LoggedRequest } from "../world/request-log.ts"
import type { KlingWorld } from "../world/kling-world.ts"
import type { LedgerCharge } from "../world/ledger.ts"
import { controlPath } from "./control-plane.ts"

/** What routes of the control plane answer with: the ledger with charges and tasks, the log with requests. */
export interface ControlAnswer {
  readonly charges: ReadonlyArray<LedgerCharge>
  readonly tasks: ReadonlyArray<{
    readonly taskId: string
    readonly externalTaskId: string
    readonly operation: string
    readonly status: string
    /** Milliseconds since 1970, on the emulator's clock. */
    readonly at: number
  }>
  readonly requests: ReadonlyArray<LoggedRequest>
}

/** Calls the control plane of a world in this process: `GET ledger`, or `POST faults` with a body. */
export const controlWorld = (world: KlingWorld, route: string, body?: unknown): Effect.Effect<ControlAnswer> => {
  const [method = "GET", name = ""] = route.split(" ")
  const request = {
    method,
    path: `${controlPath}${name}`,
    query: new URLSearchParams(),
    headers: {},
    body: body === undefined ? "" : JSON.stringify(body)
  }
  return Effect.map(world.answer(request), (answer) => JSON.parse(String(answer.body)) as ControlAnswer)
}
