import { button, el } from "./dom.ts"
import { isEnded, type Task } from "./facts.ts"
import { media, still } from "./media-view.ts"
import { type Choice, currentTask, secondsOf, type State } from "./state.ts"
import { clock, contents, cost, kindOf, moment, span, statusWords, type Manner } from "./words.ts"

export interface StageActions {
  readonly enlarge: (index: number | undefined) => void
  readonly endComparison: () => void
  readonly playBoth: () => void
}

/** What the large part of the page shows now; it is rebuilt only when this changes. */
export const stageKey = (state: State): unknown => {
  const task = currentTask(state)
  const beside = state.beside === undefined ? undefined : state.tasks.get(state.beside.taskId)
  return [
    state.phase,
    state.lines,
    task?.id,
    task?.status,
    task?.message,
    task?.outputs,
    state.index,
    state.beside,
    beside
  ]
}

export const stageParts = (state: State, manner: Manner, ask: StageActions): ReadonlyArray<HTMLElement> => {
  const task = currentTask(state)
  if (state.phase === "told") return [refusal(state.lines)]
  if (task === undefined) return [waiting(state.phase === "waiting" ? "Asking Kling" : "No task yet")]
  if (!isEnded(task)) return [progress(task)]
  if (task.status === "failed") return [failure(task)]
  if (state.beside !== undefined) return comparison(state, task, state.beside, manner, ask)
  return result(task, state.index, ask)
}

const waiting = (text: string): HTMLElement =>
  el("div", { class: "panel" }, el("p", { class: "figure quiet", text }), el("div", { class: "line endless" }, el("i")))

const refusal = (lines: ReadonlyArray<string>): HTMLElement =>
  el(
    "div",
    { class: "panel" },
    el("p", { class: "figure", text: "Not done" }),
    el("p", { class: "lines", text: lines.join("\n") })
  )

const failure = (task: Task): HTMLElement =>
  el(
    "div",
    { class: "panel" },
    el("p", { class: "figure bad", text: "Failed" }),
    task.message !== undefined &&
      el("p", {}, el("span", { class: "quiet", text: "Kling says " }), el("q", { text: task.message })),
    el("p", { class: "quiet", text: `Charged: ${cost(task) ?? "not known"}.` })
  )

const steps = ["submitted", "processing", "succeed"] as const

const progress = (task: Task): HTMLElement => {
  const at = steps.indexOf(task.status as (typeof steps)[number])
  return el(
    "div",
    { class: "panel" },
    el("p", { class: "figure", "data-part": "clock", text: "0:00" }),
    el("p", { class: "quiet", "data-part": "usual", text: "" }),
    el(
      "ol",
      { class: "steps", "aria-label": "Steps" },
      ...steps.map((step, index) =>
        el("li", {
          text: statusWords[step],
          "aria-current": index === at ? "step" : undefined,
          class: index < at ? "done" : ""
        })
      )
    ),
    el("div", { class: "line", role: "progressbar", "aria-label": "Progress", "data-part": "bar" }, el("i"))
  )
}

/** Moves the clock and the line of a running task, without touching anything else. */
export const tickProgress = (stage: HTMLElement, task: Task, failures: number, now: number): void => {
  const part = (name: string) => stage.querySelector<HTMLElement>(`[data-part="${name}"]`)
  const bar = part("bar")
  if (bar === null) return
  const seconds = secondsOf(task, now)
  const usual = task.usualSeconds
  const words =
    failures > 1
      ? "Cannot reach klingkit; trying again. The task goes on."
      : usual === undefined
        ? "No usual time is known"
        : seconds > usual * 1.5
          ? `Longer than the usual ${span(usual)}; it goes on`
          : `Usually about ${span(usual)}`
  write(part("clock"), task.elapsedSeconds === undefined ? "–:––" : clock(seconds))
  write(part("usual"), words)
  bar.classList.toggle("endless", usual === undefined)
  bar.setAttribute("aria-valuetext", `${span(seconds)}. ${words}`)
  if (usual === undefined) return
  const share = shareOf(seconds / usual)
  bar.setAttribute("aria-valuenow", String(Math.round(share * 100)))
  if (bar.firstElementChild instanceof HTMLElement)
    bar.firstElementChild.style.transform = `scaleX(${share.toFixed(4)})`
}

const write = (element: HTMLElement | null, text: string): void => {
  if (element !== null && element.textContent !== text) element.textContent = text
}

/** Even pace up to the usual time, then ever slower: only the end itself fills the line. */
const shareOf = (ratio: number): number => (ratio <= 1 ? 0.9 * ratio : 0.98 - 0.08 * Math.exp(1 - ratio))

const result = (task: Task, index: number | undefined, ask: StageActions): ReadonlyArray<HTMLElement> => {
  const { outputs } = task
  const [only] = outputs
  if (only === undefined) return [el("div", { class: "panel" }, el("p", { class: "figure", text: "Ready" }))]
  if (outputs.length === 1) return [media(only, contents(task))]
  const large = index === undefined ? undefined : outputs[index]
  if (index === undefined || large === undefined) return [gallery(task, ask)]
  const step = (by: number) => ask.enlarge((index + by + outputs.length) % outputs.length)
  return [
    media(large, `${kindOf(large)} ${index + 1} of ${outputs.length}`),
    el(
      "div",
      { class: "turn" },
      button("previous", "←", () => step(-1), { "aria-label": "Previous" }),
      el("span", { class: "quiet count", text: `${index + 1} of ${outputs.length}` }),
      button("next", "→", () => step(1), { "aria-label": "Next" }),
      button("all", `All ${outputs.length}`, () => ask.enlarge(undefined))
    )
  ]
}

const gallery = (task: Task, ask: StageActions): HTMLElement => {
  const many = task.outputs.length
  const columns = many === 2 || many === 4 ? 2 : 3
  const tile = (index: number) => {
    const output = task.outputs[index]
    const label = `Show ${output === undefined ? "file" : kindOf(output).toLowerCase()} ${index + 1} of ${many}`
    const made = button(`tile-${index}`, "", () => ask.enlarge(index), { class: "tile", "aria-label": label })
    made.append(still(output))
    return el("li", {}, made)
  }
  return el("ul", { class: "gallery", "data-columns": String(columns) }, ...task.outputs.map((_, index) => tile(index)))
}

const comparison = (
  state: State,
  task: Task,
  beside: Choice,
  manner: Manner,
  ask: StageActions
): ReadonlyArray<HTMLElement> => {
  const other = state.tasks.get(beside.taskId)
  const pair = [
    { mark: "A", task, index: state.index ?? 0 },
    { mark: "B", task: other, index: beside.index }
  ].map(({ mark, task, index }) => {
    const output = task?.outputs[index]
    const words = [
      task?.createdAt === undefined ? undefined : moment(task.createdAt, manner),
      task === undefined ? undefined : cost(task)
    ]
    return el(
      "figure",
      {},
      output !== undefined && media(output, `${mark}: ${kindOf(output)}`),
      el(
        "figcaption",
        {},
        el("b", { text: mark }),
        el("span", { class: "quiet", text: words.filter((word) => word !== undefined).join(" · ") })
      )
    )
  })
  const films = [task.outputs[state.index ?? 0], other?.outputs[beside.index]].every((one) => one?.type === "video")
  return [
    el("div", { class: "pair" }, ...pair),
    el(
      "div",
      { class: "turn" },
      films && button("play-both", "Play both", ask.playBoth),
      button("end-comparison", "End comparison", ask.endComparison)
    )
  ]
}
