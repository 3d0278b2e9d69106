import { type Job, type SavedResult, withLatestLinks } from "@klingkit/jobs"
import { Effect } from "effect"
import { Output } from "../output/output.ts"
import { taskText, taskView } from "../output/task-view.ts"

/** Prints a task as the answer of a command. Its files may have been fetched by newer links than it had. */
export const printTask = Effect.fnUntraced(function* (job: Job, files?: ReadonlyArray<SavedResult>) {
  const output = yield* Output
  const shown = files === undefined ? job : yield* withLatestLinks(job)
  yield* output.answer({ json: taskView(shown, files), text: taskText(shown, files) })
})
