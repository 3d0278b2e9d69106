import { button, el } from "./dom.ts"
import { isEnded, type Task } from "./task.ts"
import { media, thumbnail } from "./media-view.ts"
import { type Choice, currentTask, secondsOf, type State } from "./state.ts"
import {
  describeOutputs,
  formatClock,
  formatCost,
  formatDateTime,
  formatDuration,
  type LocaleOptions,
  outputLabel,
  statusLabels
} from "./format.ts"

export interface PlayerActions {
  readonly enlarge: (index: number | undefined) => void
  readonly closeComparison: () => void
  readonly playBoth: () => void
}

/** What the player shows now; it is rebuilt only when this changes. */
export const playerKey = (state: State): unknown => {
  const task = currentTask(state)
  const compared = state.comparison === undefined ? undefined : state.tasks.get(state.comparison.taskId)
  return [
    state.phase,
    state.lines,
    task?.id,
    task?.status,
    task?.message,
    task?.outputs,
    state.index,
    state.comparison,
    compared
  ]
}

export const playerParts = (
  state: State,
  localeOptions: LocaleOptions,
  act: PlayerActions
): ReadonlyArray<HTMLElement> => {
  const task = currentTask(state)
  if (state.phase === "message") return [message(state.lines)]
  if (task === undefined) return [waiting(state.phase === "waiting" ? "Sending to Kling" : "Nothing here yet")]
  if (!isEnded(task)) return [progress(task)]
  if (task.status === "failed") return [failure(task)]
  if (state.comparison !== undefined) return comparison(state, task, state.comparison, localeOptions, act)
  return result(task, state.index, act)
}

const waiting = (text: string): HTMLElement =>
  el("div", { class: "panel" }, el("p", { class: "figure quiet", text }), el("div", { class: "line endless" }, el("i")))

const message = (lines: ReadonlyArray<string>): HTMLElement =>
  el(
    "div",
    { class: "panel" },
    el("p", { class: "figure", text: "Not completed" }),
    el("p", { class: "lines", text: lines.join("\n") })
  )

const failure = (task: Task): HTMLElement =>
  el(
    "div",
    { class: "panel" },
    el("p", { class: "figure bad", text: "Failed" }),
    task.message !== undefined &&
      el("p", {}, el("span", { class: "quiet", text: "Kling says " }), el("q", { text: task.message })),
    el("p", { class: "quiet", text: `Charged: ${formatCost(task) ?? "unknown"}.` })
  )

const steps = ["submitted", "processing", "succeed"] as const

const progress = (task: Task): HTMLElement => {
  const at = steps.indexOf(task.status as (typeof steps)[number])
  return el(
    "div",
    { class: "panel" },
    el("p", { class: "figure", "data-part": "clock", text: "0:00" }),
    el("p", { class: "quiet", "data-part": "expected", text: "" }),
    el(
      "ol",
      { class: "steps", "aria-label": "Steps" },
      ...steps.map((step, index) =>
        el("li", {
          text: statusLabels[step],
          "aria-current": index === at ? "step" : undefined,
          class: index < at ? "done" : ""
        })
      )
    ),
    el("div", { class: "line", role: "progressbar", "aria-label": "Progress", "data-part": "bar" }, el("i"))
  )
}

/** Updates the clock and the progress bar of a running task, and nothing else. */
export const tickProgress = (player: HTMLElement, task: Task, failures: number, now: number): void => {
  const part = (name: string) => player.querySelector<HTMLElement>(`[data-part="${name}"]`)
  const bar = part("bar")
  if (bar === null) return
  const seconds = secondsOf(task, now)
  const expected = task.expectedSeconds
  const label =
    failures > 1
      ? "Cannot reach klingkit; retrying. The task is still running."
      : expected === undefined
        ? "No typical duration known"
        : seconds > expected * 1.5
          ? `Longer than the usual ${formatDuration(expected)}; still running`
          : `Usually about ${formatDuration(expected)}`
  write(part("clock"), task.elapsedSeconds === undefined ? "–:––" : formatClock(seconds))
  write(part("expected"), label)
  bar.classList.toggle("endless", expected === undefined)
  bar.setAttribute("aria-valuetext", `${formatDuration(seconds)}. ${label}`)
  if (expected === undefined) return
  const share = shareOf(seconds / expected)
  bar.setAttribute("aria-valuenow", String(Math.round(share * 100)))
  if (bar.firstElementChild instanceof HTMLElement)
    bar.firstElementChild.style.transform = `scaleX(${share.toFixed(4)})`
}

const write = (element: HTMLElement | null, text: string): void => {
  if (element !== null && element.textContent !== text) element.textContent = text
}

/** Linear up to the expected time, then ever slower: only the end itself fills the bar. */
const shareOf = (ratio: number): number => (ratio <= 1 ? 0.9 * ratio : 0.98 - 0.08 * Math.exp(1 - ratio))

const result = (task: Task, index: number | undefined, act: PlayerActions): ReadonlyArray<HTMLElement> => {
  const { outputs } = task
  const [only] = outputs
  if (only === undefined) return [el("div", { class: "panel" }, el("p", { class: "figure", text: "Ready" }))]
  if (outputs.length === 1) return [media(only, describeOutputs(task))]
  const large = index === undefined ? undefined : outputs[index]
  if (index === undefined || large === undefined) return [gallery(task, act)]
  const step = (by: number) => act.enlarge((index + by + outputs.length) % outputs.length)
  return [
    media(large, `${outputLabel(large)} ${index + 1} of ${outputs.length}`),
    el(
      "div",
      { class: "turn" },
      button("previous", "←", () => step(-1), { "aria-label": "Previous" }),
      el("span", { class: "quiet count", text: `${index + 1} of ${outputs.length}` }),
      button("next", "→", () => step(1), { "aria-label": "Next" }),
      button("all", `All ${outputs.length}`, () => act.enlarge(undefined))
    )
  ]
}

const gallery = (task: Task, act: PlayerActions): HTMLElement => {
  const count = task.outputs.length
  const columns = count === 2 || count === 4 ? 2 : 3
  const tile = (index: number) => {
    const output = task.outputs[index]
    const label = `Show ${output === undefined ? "file" : outputLabel(output).toLowerCase()} ${index + 1} of ${count}`
    const element = button(`tile-${index}`, "", () => act.enlarge(index), { class: "tile", "aria-label": label })
    element.append(thumbnail(output))
    return el("li", {}, element)
  }
  return el("ul", { class: "gallery", "data-columns": String(columns) }, ...task.outputs.map((_, index) => tile(index)))
}

const comparison = (
  state: State,
  task: Task,
  compared: Choice,
  localeOptions: LocaleOptions,
  act: PlayerActions
): ReadonlyArray<HTMLElement> => {
  const secondTask = state.tasks.get(compared.taskId)
  const pair = [
    { mark: "A", task, index: state.index ?? 0 },
    { mark: "B", task: secondTask, index: compared.index }
  ].map(({ mark, task, index }) => {
    const output = task?.outputs[index]
    const caption = [
      task?.createdAt === undefined ? undefined : formatDateTime(task.createdAt, localeOptions),
      task === undefined ? undefined : formatCost(task)
    ]
    return el(
      "figure",
      {},
      output !== undefined && media(output, `${mark}: ${outputLabel(output)}`),
      el(
        "figcaption",
        {},
        el("b", { text: mark }),
        el("span", { class: "quiet", text: caption.filter((part) => part !== undefined).join(" · ") })
      )
    )
  })
  const isVideoPair = [task.outputs[state.index ?? 0], secondTask?.outputs[compared.index]].every(
    (output) => output?.type === "video"
  )
  return [
    el("div", { class: "pair" }, ...pair),
    el(
      "div",
      { class: "turn" },
      isVideoPair && button("play-both", "Play both", act.playBoth),
      button("close-comparison", "End comparison", act.closeComparison)
    )
  ]
}
