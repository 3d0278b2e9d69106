import { mergeTask, type Task } from "./facts.ts"

/** One result: a task, and which of its outputs. */
export interface Choice {
  readonly taskId: string
  readonly index: number
}

/** The call that a task came from, as far as this page saw it. */
export interface Call {
  readonly tool: string | undefined
  readonly args: Readonly<Record<string, unknown>>
}

export interface State {
  /** `waiting`: the call that opened the page runs; `told`: it ended without a task, `lines` say why. */
  phase: "waiting" | "shown" | "told"
  lines: ReadonlyArray<string>
  /** The call that opened the page. */
  opening: Call
  readonly calls: Map<string, Call>
  readonly tasks: Map<string, Task>
  /** Tasks that were read one by one; a list tells less. */
  readonly whole: Set<string>
  /** Newest first. */
  recent: ReadonlyArray<string>
  current: string | undefined
  /** The picture that is shown large, of several. */
  index: number | undefined
  /** Whether the next choice in the strip is set beside the current result. */
  picking: boolean
  beside: Choice | undefined
  form: "again" | "extend" | undefined
  /** Looks in a row that went wrong. */
  failures: number
  /** What an action came to, beside the buttons. */
  note: string
  busy: string | undefined
}

export const freshState = (): State => ({
  phase: "waiting",
  lines: [],
  opening: { tool: undefined, args: {} },
  calls: new Map(),
  tasks: new Map(),
  whole: new Set(),
  recent: [],
  current: undefined,
  index: undefined,
  picking: false,
  beside: undefined,
  form: undefined,
  failures: 0,
  note: "",
  busy: undefined
})

/** Takes in what was told about a task; a task asked for by Kling's own id and by its handle is one task. */
export const learn = (state: State, told: Task): Task => {
  const same = [...state.tasks.values()].find(
    ({ id, klingId }) => id === told.id || (klingId !== undefined && klingId === told.klingId)
  )
  const task = mergeTask(same, told)
  state.tasks.set(task.id, task)
  return task
}

export const currentTask = (state: State): Task | undefined =>
  state.current === undefined ? undefined : state.tasks.get(state.current)

/** What a task was asked for in words, from the call or from klingkit's ledger. */
export const promptOf = (state: State, task: Task | undefined): string | undefined => {
  const prompt = (task === undefined ? state.opening : state.calls.get(task.id))?.args["prompt"]
  return typeof prompt === "string" && prompt.trim() !== "" ? prompt : task?.prompt
}

/** Shows a task by itself. */
export const show = (state: State, taskId: string): void => {
  state.phase = "shown"
  state.current = taskId
  state.index = undefined
  state.picking = false
  state.beside = undefined
  state.form = undefined
  state.failures = 0
  state.note = ""
}

/** The result that actions speak of: the only one, or the one shown large. */
export const chosen = (state: State): Choice | undefined => {
  const task = currentTask(state)
  if (task === undefined || task.outputs.length === 0) return undefined
  const index = task.outputs.length === 1 ? 0 : state.index
  return index === undefined ? undefined : { taskId: task.id, index }
}

/** Seconds that a task has taken by now. */
export const secondsOf = ({ elapsedSeconds = 0, readAt, status }: Task, now: number): number =>
  elapsedSeconds + (status === "succeed" || status === "failed" ? 0 : Math.max(0, (now - readAt) / 1000))
