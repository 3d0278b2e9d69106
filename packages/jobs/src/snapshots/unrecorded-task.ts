import { KlingError } from "@klingkit/core"
import { Effect } from "effect"
import type { JobsConfig } from "../config.ts"

/**
 * Reads a task that the ledger does not have. On a shared account it is someone else's or never was: the answer has the same
 * words and takes the same time.
 */
export const unrecordedTask = <A, E>(
  { sharesAccount = false }: Pick<JobsConfig, "sharesAccount">,
  taskId: string,
  read: (taskId: string) => Effect.Effect<A, E>
): Effect.Effect<A, E | KlingError> =>
  sharesAccount ? Effect.fail(new KlingError({ reason: { _tag: "TaskNotFound", taskId } })) : read(taskId)
