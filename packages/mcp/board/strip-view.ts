import { button, el } from "./dom.ts"
import { isEnded, type Task } from "./facts.ts"
import { still } from "./media-view.ts"
import { type Choice, currentTask, promptOf, type State } from "./state.ts"
import { contents, type Manner, moment, statusWords, total } from "./words.ts"

export interface StripActions {
  readonly choose: (taskId: string) => void
  readonly setBeside: (choice: Choice) => void
}

interface Card {
  readonly name: string
  readonly choice: Choice
  readonly title: string
  readonly detail: string
  readonly isCurrent: boolean
}

/** While a comparison is being set up: everything finished that has a file. Otherwise the latest tasks. */
const cardsOf = (state: State, manner: Manner): ReadonlyArray<Card> => {
  const current = currentTask(state)
  const tasks = state.recent.flatMap((id) => state.tasks.get(id) ?? [])
  if (!state.picking || current === undefined) return tasks.map((task) => cardOf(task, 0, state, manner))
  const all = tasks.some(({ id }) => id === current.id) ? tasks : [current, ...tasks]
  return all.flatMap((task) => {
    const isCurrent = task.id === current.id
    const indexes = isCurrent ? task.outputs.map((_, index) => index) : [0]
    return indexes
      .filter((index) => task.outputs[index]?.url !== undefined && !(isCurrent && index === (state.index ?? 0)))
      .map((index) => cardOf(task, index, state, manner))
  })
}

const cardOf = (task: Task, index: number, state: State, manner: Manner): Card => {
  const what =
    task.status !== "succeed"
      ? statusWords[task.status]
      : state.picking && task.outputs.length > 1
        ? `Number ${index + 1} of ${task.outputs.length}`
        : contents(task)
  const when = task.createdAt === undefined ? "" : moment(task.createdAt, manner)
  const prompt = promptOf(state, task)
  return {
    name: `card-${task.id}-${index}`,
    choice: { taskId: task.id, index },
    title: prompt ?? what,
    detail: prompt === undefined ? when : what,
    isCurrent: !state.picking && task.id === state.current
  }
}

export const stripKey = (state: State, manner: Manner): unknown => [
  cardsOf(state, manner),
  state.picking,
  state.recent.map((id) => state.tasks.get(id)?.outputs)
]

export const stripCards = (state: State, manner: Manner, act: StripActions): ReadonlyArray<HTMLElement> =>
  cardsOf(state, manner).map(({ name, choice, title, detail, isCurrent }) => {
    const task = state.tasks.get(choice.taskId)
    const press = () => (state.picking ? act.setBeside(choice) : act.choose(choice.taskId))
    const made = button(name, "", press, {
      class: "card",
      "aria-current": isCurrent ? "true" : undefined,
      "aria-label": `${state.picking ? "Compare with" : "Show"} ${title}${detail === "" ? "" : `, ${detail}`}`
    })
    made.append(
      task !== undefined && isEnded(task) ? still(task.outputs[choice.index]) : el("span", { class: "still running" }),
      el("span", { class: "title", text: title }),
      el("span", { class: "quiet", text: detail })
    )
    return el("li", {}, made)
  })

/** What the tasks on this page have cost together. */
export const costLine = (state: State): string => {
  const seen = [...state.tasks.values()].filter(({ charges }) => charges !== undefined && charges.length > 0)
  const sum = total(seen.flatMap(({ charges }) => charges ?? []))
  return sum === "" ? "" : `${sum} for ${seen.length} task${seen.length === 1 ? "" : "s"}`
}
