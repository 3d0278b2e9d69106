import type { ViewActions } from "../actions/view-actions.ts"
import { describeOutputs, outputLabel } from "../format.ts"
import type { Task } from "../task.ts"
import { Button } from "./button.tsx"
import { Gallery } from "./gallery.tsx"
import { Media } from "./media.tsx"
import { Panel } from "./panel.tsx"

interface Props {
  readonly task: Task
  /** Which of several outputs is enlarged. */
  readonly index: number | undefined
  readonly act: ViewActions
}

/** The only output, the enlarged one of several, or all of them. */
export const Result = ({ task, index, act }: Props) => {
  const { outputs } = task
  const [only] = outputs
  if (only === undefined)
    return (
      <Panel>
        <p class="figure">Ready</p>
      </Panel>
    )
  if (outputs.length === 1) return <Media output={only} label={describeOutputs(task)} />
  const large = index === undefined ? undefined : outputs[index]
  if (index === undefined || large === undefined) return <Gallery outputs={outputs} enlarge={act.enlarge} />
  const step = (by: number) => act.enlarge((index + by + outputs.length) % outputs.length)
  const position = `${index + 1} of ${outputs.length}`
  return (
    <>
      <Media output={large} label={`${outputLabel(large)} ${position}`} />
      <div class="turn">
        <Button name="previous" aria-label="Previous" onClick={() => step(-1)}>
          ←
        </Button>
        <span class="quiet count">{position}</span>
        <Button name="next" aria-label="Next" onClick={() => step(1)}>
          →
        </Button>
        <Button name="all" onClick={() => act.enlarge(undefined)}>
          All {outputs.length}
        </Button>
      </div>
    </>
  )
}
