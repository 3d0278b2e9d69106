import type { Struck } from "../faults/fault-injector.ts"
import type { WorldState } from "../world/world-state.ts"
import type { Route } from "./route-table.ts"

/** One authorized request to one operation. */
export interface Asked {
  readonly world: WorldState
  readonly route: Route
  readonly query: URLSearchParams
  /** Parsed JSON; nothing with GET. */
  readonly body: unknown
  readonly struck: Struck
  readonly now: number
}

/** Gives the `data` of the answer (nothing: an answer without it), or a refusal. */
export type Answerer = (asked: Asked) => unknown
