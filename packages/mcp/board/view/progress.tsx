import { formatClock, formatDuration, statusLabels } from "../format.ts"
import { secondsOf } from "../state.ts"
import type { Task } from "../task.ts"
import { Panel } from "./panel.tsx"

interface Props {
  readonly task: Task
  /** Failed polls in a row. */
  readonly failures: number
  /** Milliseconds of the page's clock. */
  readonly now: number
}

const steps = ["submitted", "processing", "succeed"] as const

/** A running task: its clock, the expected time, its steps and a bar. */
export const Progress = ({ task, failures, now }: Props) => {
  const seconds = secondsOf(task, now)
  const label = expectation(seconds, task.expectedSeconds, failures)
  const at = steps.findIndex((step) => step === task.status)
  return (
    <Panel>
      <p class="figure">{task.elapsedSeconds === undefined ? "–:––" : formatClock(seconds)}</p>
      <p class="quiet">{label}</p>
      <ol class="steps" aria-label="Steps">
        {steps.map((step, index) => (
          <li key={step} aria-current={index === at ? "step" : undefined} class={index < at ? "done" : undefined}>
            {statusLabels[step]}
          </li>
        ))}
      </ol>
      <Bar
        text={`${formatDuration(seconds)}. ${label}`}
        share={task.expectedSeconds === undefined ? undefined : shareOf(seconds / task.expectedSeconds)}
      />
    </Panel>
  )
}

const expectation = (seconds: number, expected: number | undefined, failures: number): string => {
  if (failures > 1) return "Cannot reach klingkit; retrying. The task is still running."
  if (expected === undefined) return "No typical duration known"
  return seconds > expected * 1.5
    ? `Longer than the usual ${formatDuration(expected)}; still running`
    : `Usually about ${formatDuration(expected)}`
}

/** `share` is between 0 and 1; without it the bar only shows that something goes on. */
const Bar = ({ text, share }: { readonly text: string; readonly share: number | undefined }) => (
  <div
    class={share === undefined ? "line endless" : "line"}
    role="progressbar"
    aria-label="Progress"
    aria-valuetext={text}
    aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}
  >
    <i style={share === undefined ? {} : { transform: `scaleX(${share.toFixed(4)})` }} />
  </div>
)

/** Linear up to the expected time, then ever slower: only the end itself fills the bar. */
const shareOf = (ratio: number): number => (ratio <= 1 ? 0.9 * ratio : 0.98 - 0.08 * Math.exp(1 - ratio))
