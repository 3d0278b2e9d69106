import { Effect, Option } from "effect"
import { taskFrom } from "../client/task-answer.ts"
import { parseJson } from "../wire/json.ts"
import type { Task } from "../wire/task.ts"
import { CallbackError } from "./callback-error.ts"

/** Kling calls at every status change. The task may be one that you know already, or an older state of it. */
export interface CallbackEvent {
  readonly task: Task
}

/**
 * Reads the body of a callback, of either generation, into one event; element ids keep all their digits.
 * Fails with `CallbackError`. It trusts what it reads: verify first.
 */
export const readCallback = (body: Uint8Array | string): Effect.Effect<CallbackEvent, CallbackError> =>
  Effect.try({
    try: () => parseJson(typeof body === "string" ? body : utf8.decode(body)),
    catch: () => new CallbackError({ reason: "unreadable" })
  }).pipe(
    Effect.flatMap((raw) =>
      Option.match(taskFrom(raw), {
        onNone: () => Effect.fail(new CallbackError({ reason: "unreadable" })),
        onSome: (task) => Effect.succeed({ task })
      })
    )
  )

const utf8 = new TextDecoder("utf-8", { fatal: true })
