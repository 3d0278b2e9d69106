import { Context, Effect } from "effect"

/** Tells whoever waits what is going on, one short sentence. Silent unless a face provides something to tell it to. */
export const Progress = Context.Reference<(message: string) => Effect.Effect<void>>("@klingkit/tools/Progress", {
  defaultValue: () => () => Effect.void
})
