import type { Answer } from "./host.ts"
import { type Call, knownTask, learn, show, type State, withNote, withRecent } from "./state.ts"
import { fieldsOf, listOf, readTask, type Task, taskIdIn } from "./task.ts"

/** The task that a result is about; chats that forward only text still name its id. */
export const taskOfAnswer = ({ structured, lines }: Answer, readAt: number): Task | undefined => {
  const id = taskIdIn(lines)
  return readTask(structured, readAt) ?? (id === undefined ? undefined : { id, status: "unknown", outputs: [], readAt })
}

/** Shows the task of a result; `call` is the call that it answers. */
export const applyTask = (state: State, answer: Answer, received: Task, call: Call): State => {
  const learned = learn(state, received)
  const task = knownTask(learned, received) ?? received
  // A call that names this very task only read its status; one that names another task derived this one from it.
  const named = call.args["task_id"]
  const isRead = named !== undefined && (named === task.id || named === task.klingId)
  const calls = isRead ? learned.calls : new Map(learned.calls).set(task.id, call)
  const shown = show({ ...learned, calls }, task.id)
  return answer.isError ? withNote(shown, task.id, answer.lines[0] ?? "") : shown
}

/** The tasks that a call names, for a page that is open before the answer is there; words for tasks are none. */
export const tasksNamed = (args: Call["args"], readAt: number): ReadonlyArray<Task> =>
  [args["task_id"], ...listOf(args["task_ids"])]
    .filter((id): id is string => typeof id === "string" && /^(kk-|\d)\S*$/.test(id))
    .map((id) => ({ id, status: "unknown", outputs: [], readAt }))

/** An id that leads to no task. */
const isUnread = (entry: unknown): boolean => {
  const { status, error } = fieldsOf(entry)
  return status === "unknown" && error !== undefined
}

/** Shows the first task of a result that lists some; undefined when it lists none. */
export const applyList = (state: State, { structured }: Answer, readAt: number): State | undefined => {
  const tasks = listOf(structured["tasks"]).flatMap((entry) => (isUnread(entry) ? [] : (readTask(entry, readAt) ?? [])))
  const merged = withRecent(state, tasks)
  const [first] = merged.recent
  return tasks.length === 0 || first === undefined ? undefined : show(merged, first)
}
