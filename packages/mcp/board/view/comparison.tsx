import type { ViewActions } from "../actions/view-actions.ts"
import { formatCost, formatDateTime, type LocaleOptions, outputLabel } from "../format.ts"
import type { Task } from "../task.ts"
import { Button } from "./button.tsx"
import { Media } from "./media.tsx"

/** One of the two results: a task, and which of its outputs. */
export interface Side {
  readonly task: Task | undefined
  readonly index: number
}

interface Props {
  readonly sides: readonly [Side, Side]
  readonly localeOptions: LocaleOptions
  readonly act: ViewActions
}

const marks = ["A", "B"] as const

/** Two results side by side. */
export const Comparison = ({ sides, localeOptions, act }: Props) => {
  const outputs = sides.map(({ task, index }) => task?.outputs[index])
  return (
    <>
      <div class="pair">
        {sides.map(({ task }, side) => {
          const [mark, output] = [marks[side], outputs[side]]
          return (
            <figure key={mark}>
              {output !== undefined && <Media output={output} label={`${mark}: ${outputLabel(output)}`} />}
              <figcaption>
                <b>{mark}</b>
                <span class="quiet">{captionOf(task, localeOptions)}</span>
              </figcaption>
            </figure>
          )
        })}
      </div>
      <div class="turn">
        {outputs.every((output) => output?.type === "video") && (
          <Button name="play-both" onClick={act.playBoth}>
            Play both
          </Button>
        )}
        <Button name="close-comparison" onClick={act.closeComparison}>
          End comparison
        </Button>
      </div>
    </>
  )
}

const captionOf = (task: Task | undefined, localeOptions: LocaleOptions): string =>
  task === undefined
    ? ""
    : [task.createdAt === undefined ? undefined : formatDateTime(task.createdAt, localeOptions), formatCost(task)]
        .filter((part) => part !== undefined)
        .join(" · ")
