import { Effect, identity, Option, Result } from "effect"
import { taskFrom } from "../client/task-answer.ts"
import { readAnswer } from "../wire/read-answer.ts"
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
export const readCallback = (body: Uint8Array | string): Effect.Effect<CallbackEvent, CallbackError> => {
  const answer = readAnswer(typeof body === "string" ? encoder.encode(body) : body, identity)
  const task = Option.flatMap(Result.getSuccess(answer), taskFrom)
  return Option.match(task, {
    onNone: () => Effect.fail(new CallbackError({ reason: "unreadable" })),
    onSome: (found) => Effect.succeed({ task: found })
  })
}

const encoder = new TextEncoder()
