import { cannotCancel } from "@klingkit/core/internal"
import { Command } from "effect/cli"
import { usageError } from "../../output/failure.ts"
import { idArgument } from "./id-argument.ts"

/** There is no such operation. Who looks for it here gets that as the answer, not a list of other commands. */
export const cancel = Command.make("cancel", { task: idArgument }, ({ task }) =>
  usageError([{ field: task, message: `cannot be cancelled. ${cannotCancel}` }])
).pipe(
  Command.withDescription("Kling cannot cancel a task: says so, and sends nothing"),
  Command.withExamples([{ command: "klingkit task cancel kk-t2v-0123456789abcdefghjkmnpqrs" }])
)
