import { formatCost, formatDay, formatDuration, type LocaleOptions } from "../format.ts"
import { chosen, currentTask, secondsOf, type State } from "../state.ts"
import { isEnded, type Task } from "../task.ts"

interface Props {
  readonly state: State
  readonly localeOptions: LocaleOptions
}

/** Short details under the result: `Took 1 min 52 s`, `Charged 3 video units`, `Link expires 22 Dec`. */
export const Details = ({ state, localeOptions }: Props) => {
  const task = currentTask(state)
  // In a comparison, each result has its own caption.
  const rows =
    task === undefined || state.comparison !== undefined ? [] : rowsOf(task, chosen(state)?.index, localeOptions)
  return (
    <dl id="details">
      {rows.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd title={value} class={name === "Task ID" ? "id mono" : undefined}>
              {value}
            </dd>
          </div>
        )
      )}
    </dl>
  )
}

type Row = readonly [name: string, value: string | undefined]

const rowsOf = (task: Task, index: number | undefined, localeOptions: LocaleOptions): ReadonlyArray<Row> => {
  const seconds = index === undefined ? undefined : task.outputs[index]?.durationSeconds
  const took = isEnded(task) && task.elapsedSeconds !== undefined ? formatDuration(secondsOf(task, 0)) : undefined
  // Of a failed task, the charge stands beside the reason.
  const isFailed = task.status === "failed"
  const charged = formatCost(task)
  const isQuoted = !isFailed && charged === undefined && task.quote?.usd !== undefined
  return [
    ["Length", seconds === undefined ? undefined : formatDuration(seconds)],
    ["Took", took],
    ["Charged", isFailed ? undefined : charged],
    ["Quoted", isQuoted ? `$${task.quote?.usd}` : undefined],
    ["Link expires", task.expiresAt === undefined ? undefined : formatDay(task.expiresAt, localeOptions)],
    ["Task ID", task.id]
  ]
}
