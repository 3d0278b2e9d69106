import { el } from "./dom.ts"
import { isEnded, type Task } from "./task.ts"
import { chosen, currentTask, promptOf, secondsOf, type State } from "./state.ts"
import {
  describeOutputs,
  formatCost,
  formatDateTime,
  formatDay,
  formatDuration,
  type LocaleOptions,
  statusLabels
} from "./format.ts"

const settingNames: ReadonlyArray<readonly [argument: string, format: (value: string) => string]> = [
  ["resolution", (value) => value],
  ["duration", (value) => `${value} s`],
  ["aspect_ratio", (value) => value],
  ["audio", (value) => (value === "native" ? "with audio" : "")]
]

const text = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined

/** The prompt, where the page knows it; otherwise what the task made and when it was created. */
export const titleOf = (
  state: State,
  localeOptions: LocaleOptions
): { readonly title: string; readonly isPrompt: boolean } => {
  const task = currentTask(state)
  const prompt = promptOf(state, task)
  if (prompt !== undefined) return { title: prompt, isPrompt: true }
  if (task === undefined) return { title: "Kling tasks", isPrompt: false }
  return {
    title:
      task.createdAt === undefined
        ? describeOutputs(task)
        : `${describeOutputs(task)} · ${formatDateTime(task.createdAt, localeOptions)}`,
    isPrompt: false
  }
}

/** The line above the title: state, model, settings. */
export const kindLine = (state: State): string => {
  const task = currentTask(state)
  const call = task === undefined ? state.opening : state.calls.get(task.id)
  const model = task?.model ?? text(call?.args["model_name"])
  const settings = settingNames.map(([name, format]) => {
    const value = text(call?.args[name])
    return value === undefined ? undefined : format(value)
  })
  return [task === undefined ? undefined : statusLabels[task.status], model, ...settings]
    .filter((part) => part !== undefined && part !== "")
    .join(" · ")
}

/** Short details under the result: `Took 1 min 52 s`, `Charged 3 video units`, `Link expires 22 Dec`. */
export const detailRows = (state: State, localeOptions: LocaleOptions): ReadonlyArray<HTMLElement> => {
  const task = currentTask(state)
  // In a comparison, each result has its own caption.
  if (task === undefined || state.comparison !== undefined) return []
  return pairsOf(task, chosen(state)?.index, localeOptions).map(([name, value]) =>
    el(
      "div",
      {},
      el("dt", { text: name }),
      el("dd", { text: value, title: value, class: name === "Task ID" ? "id mono" : "" })
    )
  )
}

const pairsOf = (
  task: Task,
  index: number | undefined,
  localeOptions: LocaleOptions
): ReadonlyArray<readonly [name: string, value: string]> => {
  const output = index === undefined ? undefined : task.outputs[index]
  const seconds = output?.durationSeconds
  const took = isEnded(task) && task.elapsedSeconds !== undefined ? formatDuration(secondsOf(task, 0)) : undefined
  const charged = formatCost(task) ?? (task.status === "failed" ? "unknown" : undefined)
  const quoted = charged === undefined && task.quote?.usd !== undefined ? `$${task.quote.usd}` : undefined
  const rows: ReadonlyArray<readonly [string, string | undefined]> = [
    ["Length", seconds === undefined ? undefined : formatDuration(seconds)],
    ["Took", took],
    ["Charged", charged],
    ["Quoted", quoted],
    ["Link expires", task.expiresAt === undefined ? undefined : formatDay(task.expiresAt, localeOptions)],
    ["Task ID", task.id]
  ]
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}
