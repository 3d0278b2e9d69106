import { el } from "./dom.ts"
import { isEnded, type Task } from "./facts.ts"
import { chosen, currentTask, promptOf, secondsOf, type State } from "./state.ts"
import { contents, cost, day, type Manner, moment, span, statusWords } from "./words.ts"

const settingNames: ReadonlyArray<readonly [argument: string, words: (value: string) => string]> = [
  ["resolution", (value) => value],
  ["duration", (value) => `${value} s`],
  ["aspect_ratio", (value) => value],
  ["audio", (value) => (value === "native" ? "with sound" : "")]
]

const text = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined

/** What was asked for, as far as the page has seen the call: the prompt, or else when the task was made. */
export const titleOf = (state: State, manner: Manner): { readonly title: string; readonly isPrompt: boolean } => {
  const task = currentTask(state)
  const prompt = promptOf(state, task)
  if (prompt !== undefined) return { title: prompt, isPrompt: true }
  if (task === undefined) return { title: "Kling tasks", isPrompt: false }
  return {
    title: task.createdAt === undefined ? contents(task) : `${contents(task)} · ${moment(task.createdAt, manner)}`,
    isPrompt: false
  }
}

/** The line above the title: state, model, settings. */
export const kindLine = (state: State): string => {
  const task = currentTask(state)
  const call = task === undefined ? state.opening : state.calls.get(task.id)
  const model = task?.model ?? text(call?.args["model_name"])
  const settings = settingNames.map(([name, words]) => {
    const value = text(call?.args[name])
    return value === undefined ? undefined : words(value)
  })
  return [task === undefined ? undefined : statusWords[task.status], model, ...settings]
    .filter((part) => part !== undefined && part !== "")
    .join(" · ")
}

/** Short facts under the result: `Took 1 min 52 s`, `Cost 3 video units`, `Kept until 22 Dec`. */
export const factRows = (state: State, manner: Manner): ReadonlyArray<HTMLElement> => {
  const task = currentTask(state)
  // Side by side, each result has its own line.
  if (task === undefined || state.beside !== undefined) return []
  return pairsOf(task, chosen(state)?.index, manner).map(([name, value]) =>
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
  manner: Manner
): ReadonlyArray<readonly [name: string, value: string]> => {
  const output = index === undefined ? undefined : task.outputs[index]
  const seconds = output?.durationSeconds
  const took = isEnded(task) && task.elapsedSeconds !== undefined ? span(secondsOf(task, 0)) : undefined
  const charged = cost(task) ?? (task.status === "failed" ? "not known" : undefined)
  const quoted = charged === undefined && task.quote?.usd !== undefined ? `${task.quote.usd} USD` : undefined
  const rows: ReadonlyArray<readonly [string, string | undefined]> = [
    ["Length", seconds === undefined ? undefined : span(seconds)],
    ["Took", took],
    ["Charged", charged],
    ["Quoted", quoted],
    ["Kept until", task.expiresAt === undefined ? undefined : day(task.expiresAt, manner)],
    ["Task ID", task.id]
  ]
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}
