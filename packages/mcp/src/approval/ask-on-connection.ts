import type { ElicitRequestFormParams, ServerContext } from "@modelcontextprotocol/server"
import { Effect, Fiber } from "effect"

/** After this time the user is presumed away. */
const answerTimeout = "5 minutes"
/** The SDK's own limit, later than that. */
const sdkTimeoutMillis = 600_000

/** What came back from a form. `failed`: the client could not show it; `timeout`: the user has not answered. */
export interface FormAnswer {
  readonly action: string
  readonly content?: Readonly<Record<string, unknown>> | undefined
}

const tooLate = {
  mode: "form" as const,
  message:
    "Your approval came too late: the call was cancelled while you were asked. Nothing was sent or charged. Ask again if you still want it.",
  requestedSchema: { type: "object" as const, properties: {} }
}

/**
 * Shows a form while the call waits. A call that is cancelled meanwhile leaves the form open; a user who then approves is
 * notified that nothing comes of it.
 */
export const askOnConnection = Effect.fnUntraced(function* (
  form: ElicitRequestFormParams,
  ctx: ServerContext
): Effect.fn.Return<FormAnswer> {
  let isCancelled = false
  const send = (params: ElicitRequestFormParams) =>
    Effect.tryPromise((signal) =>
      ctx.mcpReq.send({ method: "elicitation/create", params }, { signal, timeout: sdkTimeoutMillis })
    )
  const asking = send(form).pipe(
    Effect.map((answer): FormAnswer => answer),
    Effect.timeoutOrElse({ duration: answerTimeout, orElse: () => Effect.succeed<FormAnswer>({ action: "timeout" }) }),
    Effect.orElseSucceed((): FormAnswer => ({ action: "failed" })),
    Effect.tap(({ action }) => (isCancelled && action === "accept" ? Effect.ignore(send(tooLate)) : Effect.void))
  )
  const answer = yield* Effect.forkDetach(asking)
  return yield* Effect.onInterrupt(Fiber.join(answer), () => Effect.sync(() => void (isCancelled = true)))
})
