import type { Job, SavedResult } from "@klingkit/jobs"
import { Effect } from "effect"
import { Output } from "../output/output.ts"
import { taskText, taskView } from "../output/task-view.ts"

/** Prints a task as the answer of a command. */
export const printTask = Effect.fnUntraced(function* (job: Job, files?: ReadonlyArray<SavedResult>) {
  const output = yield* Output
  yield* output.answer({ json: taskView(job, files), text: taskText(job, files) })
})
