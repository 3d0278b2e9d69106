import { button, el } from "./dom.ts"
import { isEnded, type Task } from "./task.ts"
import { thumbnail } from "./media-view.ts"
import { type Choice, currentTask, promptOf, type State } from "./state.ts"
import { describeOutputs, formatCharges, formatDateTime, type LocaleOptions, statusLabels } from "./format.ts"

export interface ThumbnailActions {
  readonly choose: (taskId: string) => void
  readonly compareWith: (choice: Choice) => void
}

interface Card {
  readonly name: string
  readonly choice: Choice
  readonly title: string
  readonly detail: string
  readonly isCurrent: boolean
}

/** While picking a comparison: every finished result with a file. Otherwise the latest tasks. */
const cardsOf = (state: State, localeOptions: LocaleOptions): ReadonlyArray<Card> => {
  const current = currentTask(state)
  const tasks = state.recent.flatMap((id) => state.tasks.get(id) ?? [])
  if (!state.picking || current === undefined) return tasks.map((task) => cardOf(task, 0, state, localeOptions))
  const all = tasks.some(({ id }) => id === current.id) ? tasks : [current, ...tasks]
  return all.flatMap((task) => {
    const isCurrent = task.id === current.id
    const indexes = isCurrent ? task.outputs.map((_, index) => index) : [0]
    return indexes
      .filter((index) => task.outputs[index]?.url !== undefined && !(isCurrent && index === (state.index ?? 0)))
      .map((index) => cardOf(task, index, state, localeOptions))
  })
}

const cardOf = (task: Task, index: number, state: State, localeOptions: LocaleOptions): Card => {
  const summary =
    task.status !== "succeed"
      ? statusLabels[task.status]
      : state.picking && task.outputs.length > 1
        ? `Number ${index + 1} of ${task.outputs.length}`
        : describeOutputs(task)
  const when = task.createdAt === undefined ? "" : formatDateTime(task.createdAt, localeOptions)
  const prompt = promptOf(state, task)
  return {
    name: `card-${task.id}-${index}`,
    choice: { taskId: task.id, index },
    title: prompt ?? summary,
    detail: prompt === undefined ? when : summary,
    isCurrent: !state.picking && task.id === state.current
  }
}

export const thumbnailsKey = (state: State, localeOptions: LocaleOptions): unknown => [
  cardsOf(state, localeOptions),
  state.picking,
  state.recent.map((id) => state.tasks.get(id)?.outputs)
]

export const thumbnailCards = (
  state: State,
  localeOptions: LocaleOptions,
  act: ThumbnailActions
): ReadonlyArray<HTMLElement> =>
  cardsOf(state, localeOptions).map(({ name, choice, title, detail, isCurrent }) => {
    const task = state.tasks.get(choice.taskId)
    const onClick = () => (state.picking ? act.compareWith(choice) : act.choose(choice.taskId))
    const card = button(name, "", onClick, {
      class: "card",
      "aria-current": isCurrent ? "true" : undefined,
      "aria-label": `${state.picking ? "Compare with" : "Show"} ${title}${detail === "" ? "" : `, ${detail}`}`
    })
    card.append(
      task !== undefined && isEnded(task)
        ? thumbnail(task.outputs[choice.index])
        : el("span", { class: "thumbnail running" }),
      el("span", { class: "title", text: title }),
      el("span", { class: "quiet", text: detail })
    )
    return el("li", {}, card)
  })

/** The total cost of the tasks on this page. */
export const costLine = (state: State): string => {
  const charged = [...state.tasks.values()].filter(({ charges }) => charges !== undefined && charges.length > 0)
  const sum = formatCharges(charged.flatMap(({ charges }) => charges ?? []))
  return sum === "" ? "" : `${sum} for ${charged.length} task${charged.length === 1 ? "" : "s"}`
}
