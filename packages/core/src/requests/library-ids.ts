import { Effect } from "effect"
import { operations } from "../operations/catalog.ts"
import type { PlanContext } from "./plan-context.ts"

interface Ids {
  readonly elements?: ReadonlyArray<string> | undefined
  readonly voices?: ReadonlyArray<string> | undefined
}

/** Elements and voices by their own ids: each may be given by the task that has made it. */
export const libraryIds = <E>({ elements, voices }: Ids, context: PlanContext<E>) => {
  const given = { ...(elements === undefined ? {} : { elements }), ...(voices === undefined ? {} : { voices }) }
  // Every video takes the same ids: this operation has a list of each.
  return Effect.map(context.media(operations["legacy.image2video"], given), (ids) => ids as typeof given)
}
