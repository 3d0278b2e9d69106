import { Progress, type Tool } from "@klingkit/tools"
import type { ServerContext } from "@modelcontextprotocol/server"
import { Clock, Effect } from "effect"

/** Some hosts give up on a silent call; progress must arrive at least every five seconds. */
const longestSilence = "4 seconds"
/** Updates that come faster are dropped. */
const minIntervalMillis = 500

/**
 * Sends progress notifications if the client asked for them with a progress token: the tool's messages, and a heartbeat
 * in between. Numbers are elapsed seconds and always rise; nothing is sent once the call has its result.
 */
export const reportingProgress =
  (tool: Pick<Tool, "title">, ctx: ServerContext) =>
  <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
    const progressToken = ctx.mcpReq._meta?.progressToken
    if (progressToken === undefined) return call
    return Effect.gen(function* () {
      const started = yield* Clock.currentTimeMillis
      let message = tool.title
      let sentAt = -Infinity
      let last = 0

      const send = Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        sentAt = now
        last = Math.max(last + 0.001, (now - started) / 1000)
        const params = { progressToken, progress: last, message }
        yield* Effect.ignore(Effect.tryPromise(() => ctx.mcpReq.notify({ method: "notifications/progress", params })))
      }).pipe(
        // A notification in progress when the result is ready must be sent before the result.
        Effect.uninterruptible
      )
      const report = Effect.fnUntraced(function* (update: string) {
        message = update
        const now = yield* Clock.currentTimeMillis
        if (now - sentAt >= minIntervalMillis) yield* send
      })
      const heartbeat = Effect.forever(Effect.andThen(Effect.sleep(longestSilence), send))
      return yield* Effect.raceFirst(Effect.provideService(call, Progress, report), heartbeat)
    })
  }
