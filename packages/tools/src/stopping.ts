import { Context, Effect } from "effect"

/** Ends when the server is about to stop: waits then return what they know. Never, unless an interface provides it. */
export const Stopping = Context.Reference<Effect.Effect<void>>("@klingkit/tools/Stopping", {
  defaultValue: () => Effect.never
})

/** Ends when the signal is given. */
export const endsWith = (signal: AbortSignal): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const onAbort = () => resume(Effect.void)
    if (signal.aborted) onAbort()
    signal.addEventListener("abort", onAbort)
    return Effect.sync(() => signal.removeEventListener("abort", onAbort))
  })
