import type { ViewActions } from "../actions/view-actions.ts"
import type { LocaleOptions } from "../format.ts"
import { currentTask, type State } from "../state.ts"
import { isEnded } from "../task.ts"
import { Comparison } from "./comparison.tsx"
import { Failure, NotCompleted, Waiting, WithoutTask } from "./panel.tsx"
import { Progress } from "./progress.tsx"
import { Result } from "./result.tsx"

interface Props {
  readonly state: State
  readonly localeOptions: LocaleOptions
  readonly now: number
  readonly act: ViewActions
}

/** The main part: the progress of the current task, then its result. */
export const Player = (props: Props) => (
  <section id="player" aria-label="Result" style={{ "--asked": requestedRatio(props.state) }}>
    <Shown {...props} />
  </section>
)

const Shown = ({ state, localeOptions, now, act }: Props) => {
  const task = currentTask(state)
  const { phase, lines, index, comparison } = state
  if (phase === "message") return <NotCompleted lines={lines} />
  if (task === undefined) return phase === "waiting" ? <Waiting /> : <WithoutTask lines={lines} />
  if (!isEnded(task)) return <Progress task={task} failures={state.failures} now={now} />
  if (task.status === "failed") return <Failure task={task} />
  if (comparison === undefined) return <Result task={task} index={index} act={act} />
  const other = { task: state.tasks.get(comparison.taskId), index: comparison.index }
  return <Comparison sides={[{ task, index: index ?? 0 }, other]} localeOptions={localeOptions} act={act} />
}

/** As in CSS: `9 / 16`. */
const requestedRatio = ({ calls, current, opening }: State): string => {
  const asked = (current === undefined ? undefined : calls.get(current))?.args["aspect_ratio"]
  const [, width, height] = /^(\d{1,2}):(\d{1,2})$/.exec(String(asked ?? opening.args["aspect_ratio"])) ?? []
  return width === undefined ? "16 / 9" : `${width} / ${height}`
}
