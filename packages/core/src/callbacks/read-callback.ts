import { Effect, Option } from "effect"
import { taskFrom } from "../client/task-answer.ts"
import { parseJson } from "../wire/json.ts"
import type { Task } from "../wire/task.ts"
import { CallbackError } from "./callback-error.ts"

/** Kling sends one at every status change. It may repeat a known state of the task, or carry an older one. */
export interface CallbackEvent {
  readonly task: Task
}

/**
 * Decodes the body of a callback of either generation; element ids keep all their digits.
 * Fails with `CallbackError`. It does not check the signature: verify first.
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
