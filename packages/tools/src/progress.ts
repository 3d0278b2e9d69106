import { Context, Effect } from "effect"

/** Reports progress to the waiting caller, one short sentence at a time. Silent unless an interface provides it. */
export const Progress = Context.Reference<(message: string) => Effect.Effect<void>>("@klingkit/tools/Progress", {
  defaultValue: () => () => Effect.void
})
