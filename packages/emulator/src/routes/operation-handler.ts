import type { AppliedFaults } from "../faults/fault-injector.ts"
import type { WorldState } from "../world/world-state.ts"
import type { Route } from "./route-table.ts"

/** One authorized request to one operation. */
export interface OperationRequest {
  readonly world: WorldState
  readonly route: Route
  readonly query: URLSearchParams
  /** Parsed JSON; undefined for GET. */
  readonly body: unknown
  readonly faults: AppliedFaults
  readonly now: number
}

/** Returns the `data` of the response (undefined: a response without it), or a refusal. */
export type OperationHandler = (request: OperationRequest) => unknown
