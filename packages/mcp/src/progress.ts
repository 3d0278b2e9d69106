import { Progress, type Tool } from "@klingkit/tools"
import type { ServerContext } from "@modelcontextprotocol/server"
import { Clock, Effect } from "effect"

/** Some hosts give up on a call that has been silent for long; five seconds are promised. */
const longestSilence = "4 seconds"
/** News that comes faster is left out. */
const shortestPauseMillis = 500

/**
 * Tells the client how a call is going, if it asked for that by a progress token: the news of the tool, and a sign of
 * life when there is none. Numbers are elapsed seconds and always rise; nothing is told once the call has its result.
 */
export const reportingProgress =
  (tool: Pick<Tool, "title">, ctx: ServerContext) =>
  <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
    const progressToken = ctx.mcpReq._meta?.progressToken
    if (progressToken === undefined) return call
    return Effect.gen(function* () {
      const started = yield* Clock.currentTimeMillis
      let news = tool.title
      let toldAt = -Infinity
      let last = 0

      const tell = Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        toldAt = now
        last = Math.max(last + 0.001, (now - started) / 1000)
        const params = { progressToken, progress: last, message: news }
        yield* Effect.ignore(Effect.tryPromise(() => ctx.mcpReq.notify({ method: "notifications/progress", params })))
      }).pipe(
        // A notification on its way when the result is ready must be out before the result is.
        Effect.uninterruptible
      )
      const hear = Effect.fnUntraced(function* (message: string) {
        news = message
        const now = yield* Clock.currentTimeMillis
        if (now - toldAt >= shortestPauseMillis) yield* tell
      })
      const signsOfLife = Effect.forever(Effect.andThen(Effect.sleep(longestSilence), tell))
      return yield* Effect.raceFirst(Effect.provideService(call, Progress, hear), signsOfLife)
    })
  }
