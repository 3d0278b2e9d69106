import type { DaySpend } from "./day-spend.ts"
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

/** What the form requests: the same again with changes, or what happens next in a video. */
export type Form = "again" | "extend"

/** An action that takes time, and the task that it was started for. */
interface RunningAction {
  readonly taskId: string | undefined
  readonly name: string
}

export interface State {
  /** `waiting`: the call that opened the page runs; `message`: it ended without a task, `lines` say why. */
  readonly phase: "waiting" | "shown" | "message"
  readonly lines: ReadonlyArray<string>
  /** The call that opened the page. */
  readonly opening: Call
  readonly calls: ReadonlyMap<string, Call>
  readonly tasks: ReadonlyMap<string, Task>
  /** Tasks that were fetched one by one; a list has fewer fields. */
  readonly detailed: ReadonlySet<string>
  /** Newest first. */
  readonly recent: ReadonlyArray<string>
  /** The account of the day, once it has been read. */
  readonly today: DaySpend | undefined
  readonly current: string | undefined
  /** Which of several outputs is enlarged. */
  readonly index: number | undefined
  /** Whether the next thumbnail picked is compared with the current result. */
  readonly picking: boolean
  /** The result that the current one is compared with. */
  readonly comparison: Choice | undefined
  readonly form: Form | undefined
  /** Failed polls in a row. */
  readonly failures: number
  /** The outcome of the last action by the task that it was started for, shown next to the buttons. */
  readonly notes: ReadonlyMap<string | undefined, string>
  readonly running: ReadonlyArray<RunningAction>
}

export const freshState: State = {
  phase: "waiting",
  lines: [],
  opening: { tool: undefined, args: {} },
  calls: new Map(),
  tasks: new Map(),
  detailed: new Set(),
  recent: [],
  today: undefined,
  current: undefined,
  index: undefined,
  picking: false,
  comparison: undefined,
  form: undefined,
  failures: 0,
  notes: new Map(),
  running: []
}

/** What the page knows of the task in a snapshot; Kling's own id and the handle lead to the same task. */
export const knownTask = ({ tasks }: State, { id, klingId }: Task): Task | undefined =>
  [...tasks.values()].find((task) => task.id === id || (task.klingId !== undefined && task.klingId === klingId))

/** Merges a snapshot of a task. */
export const learn = (state: State, snapshot: Task): State => {
  const task = mergeTask(knownTask(state, snapshot), snapshot)
  return { ...state, tasks: new Map(state.tasks).set(task.id, task) }
}

/** Merges a list of tasks, newest first, and makes it the recent ones. */
export const withRecent = (state: State, tasks: ReadonlyArray<Task>): State => {
  const merged = tasks.reduce(learn, state)
  return { ...merged, recent: tasks.map((task) => knownTask(merged, task)?.id ?? task.id) }
}

export const currentTask = (state: State): Task | undefined =>
  state.current === undefined ? undefined : state.tasks.get(state.current)

/** The prompt of a task, from the call or from klingkit's ledger. */
export const promptOf = (state: State, task: Task | undefined): string | undefined => {
  const prompt = (task === undefined ? state.opening : state.calls.get(task.id))?.args["prompt"]
  return typeof prompt === "string" && prompt.trim() !== "" ? prompt : task?.prompt
}

/** Shows one task and resets everything else. */
export const show = (state: State, taskId: string): State => ({
  ...withNote(state, state.current, ""),
  phase: "shown",
  current: taskId,
  index: undefined,
  picking: false,
  comparison: undefined,
  form: undefined,
  failures: 0
})

/** The result that actions apply to: the only one, or the enlarged one. */
export const chosen = (state: State): Choice | undefined => {
  const task = currentTask(state)
  if (task === undefined || task.outputs.length === 0) return undefined
  const index = task.outputs.length === 1 ? 0 : state.index
  return index === undefined ? undefined : { taskId: task.id, index }
}

export const withNote = (state: State, taskId: string | undefined, note: string): State =>
  (state.notes.get(taskId) ?? "") === note ? state : { ...state, notes: new Map(state.notes).set(taskId, note) }

export const noteOf = ({ notes, current }: State): string => notes.get(current) ?? ""

/** Whether an action of the current task runs; its control is then disabled. */
export const isRunning = ({ running, current }: State, name: string): boolean =>
  running.some((action) => action.name === name && action.taskId === current)

/** Seconds that a task has run so far. */
export const secondsOf = ({ elapsedSeconds = 0, readAt, status }: Task, now: number): number =>
  elapsedSeconds + (status === "succeed" || status === "failed" ? 0 : Math.max(0, (now - readAt) / 1000))
