import { mergeTask, type Task } from "./task.ts"

/** One result: a task, and which of its outputs. */
export interface Choice {
  readonly taskId: string
  readonly index: number
}

/** The call that created a task, as far as this page saw it. */
export interface Call {
  readonly tool: string | undefined
  readonly args: Readonly<Record<string, unknown>>
}

export interface State {
  /** `waiting`: the call that opened the page runs; `message`: it ended without a task, `lines` say why. */
  phase: "waiting" | "shown" | "message"
  lines: ReadonlyArray<string>
  /** The call that opened the page. */
  opening: Call
  readonly calls: Map<string, Call>
  readonly tasks: Map<string, Task>
  /** Tasks that were fetched one by one; a list has fewer fields. */
  readonly detailed: Set<string>
  /** Newest first. */
  recent: ReadonlyArray<string>
  current: string | undefined
  /** Which of several outputs is enlarged. */
  index: number | undefined
  /** Whether the next thumbnail picked is compared with the current result. */
  picking: boolean
  /** The result that the current one is compared with. */
  comparison: Choice | undefined
  form: "again" | "extend" | undefined
  /** Failed polls in a row. */
  failures: number
  /** The outcome of an action, shown next to the buttons. */
  note: string
  busy: string | undefined
}

export const freshState = (): State => ({
  phase: "waiting",
  lines: [],
  opening: { tool: undefined, args: {} },
  calls: new Map(),
  tasks: new Map(),
  detailed: new Set(),
  recent: [],
  current: undefined,
  index: undefined,
  picking: false,
  comparison: undefined,
  form: undefined,
  failures: 0,
  note: "",
  busy: undefined
})

/** Merges a snapshot of a task; Kling's own id and the handle lead to the same task. */
export const learn = (state: State, snapshot: Task): Task => {
  const same = [...state.tasks.values()].find(
    ({ id, klingId }) => id === snapshot.id || (klingId !== undefined && klingId === snapshot.klingId)
  )
  const task = mergeTask(same, snapshot)
  state.tasks.set(task.id, task)
  return task
}

export const currentTask = (state: State): Task | undefined =>
  state.current === undefined ? undefined : state.tasks.get(state.current)

/** The prompt of a task, from the call or from klingkit's ledger. */
export const promptOf = (state: State, task: Task | undefined): string | undefined => {
  const prompt = (task === undefined ? state.opening : state.calls.get(task.id))?.args["prompt"]
  return typeof prompt === "string" && prompt.trim() !== "" ? prompt : task?.prompt
}

/** Shows one task and resets everything else. */
export const show = (state: State, taskId: string): void => {
  state.phase = "shown"
  state.current = taskId
  state.index = undefined
  state.picking = false
  state.comparison = undefined
  state.form = undefined
  state.failures = 0
  state.note = ""
}

/** The result that actions apply to: the only one, or the enlarged one. */
export const chosen = (state: State): Choice | undefined => {
  const task = currentTask(state)
  if (task === undefined || task.outputs.length === 0) return undefined
  const index = task.outputs.length === 1 ? 0 : state.index
  return index === undefined ? undefined : { taskId: task.id, index }
}

/** Seconds that a task has run so far. */
export const secondsOf = ({ elapsedSeconds = 0, readAt, status }: Task, now: number): number =>
  elapsedSeconds + (status === "succeed" || status === "failed" ? 0 : Math.max(0, (now - readAt) / 1000))
