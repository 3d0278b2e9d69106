import { describeOutputs, formatDateTime, type LocaleOptions, statusLabels } from "./format.ts"
import { type Choice, currentTask, promptOf, type State } from "./state.ts"
import type { Task } from "./task.ts"

/** A recent task, or one of its results while picking what to compare with. */
export interface Card {
  readonly name: string
  readonly task: Task
  readonly choice: Choice
  readonly title: string
  readonly detail: string
  readonly isCurrent: boolean
}

/** While picking a comparison: every finished result with a file. Otherwise the latest tasks. */
export const cardsOf = (state: State, localeOptions: LocaleOptions): ReadonlyArray<Card> => {
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
    task,
    choice: { taskId: task.id, index },
    title: prompt ?? summary,
    detail: prompt === undefined ? when : summary,
    isCurrent: !state.picking && task.id === state.current
  }
}
