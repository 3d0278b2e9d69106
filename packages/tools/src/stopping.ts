import { Context, Effect } from "effect"

/** Ends when the server is about to stop: waits then return what they know. Never, unless an interface provides it. */
export const Stopping = Context.Reference<Effect.Effect<void>>("@klingkit/tools/Stopping", {
  defaultValue: () => Effect.never
})
