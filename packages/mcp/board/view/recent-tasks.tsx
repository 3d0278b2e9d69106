import type { ViewActions } from "../actions/view-actions.ts"
import { daySpendText } from "../day-spend.ts"
import type { LocaleOptions } from "../format.ts"
import { type Card, cardsOf } from "../recent-cards.ts"
import type { State } from "../state.ts"
import { isEnded } from "../task.ts"
import { Button } from "./button.tsx"
import { Thumbnail } from "./thumbnail.tsx"

interface Props {
  readonly state: State
  readonly localeOptions: LocaleOptions
  readonly act: ViewActions
}

/** The latest tasks to choose from, or the results to compare with, and the account of the day. */
export const RecentTasks = ({ state, localeOptions, act }: Props) => {
  const { recent, current, picking, today } = state
  const isAlone = recent.length === 1 && recent[0] === current
  return (
    <section id="recent" aria-labelledby="recent-title" hidden={recent.length === 0 || isAlone}>
      <div class="row">
        <h2 id="recent-title">{picking ? "Pick one to compare with" : "Recent"}</h2>
        <p id="cost" class="quiet">
          {today === undefined ? "" : daySpendText(today)}
        </p>
      </div>
      <ul id="thumbnails">
        {cardsOf(state, localeOptions).map((card) => (
          <li key={card.name}>
            <CardButton
              card={card}
              verb={picking ? "Compare with" : "Show"}
              onClick={() => (picking ? act.compareWith(card.choice) : act.choose(card.choice.taskId))}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}

interface CardProps {
  readonly card: Card
  readonly verb: string
  readonly onClick: () => void
}

const CardButton = ({ card: { name, task, choice, title, detail, isCurrent }, verb, onClick }: CardProps) => (
  <Button
    name={name}
    class="card"
    aria-current={isCurrent ? "true" : undefined}
    aria-label={`${verb} ${title}${detail === "" ? "" : `, ${detail}`}`}
    onClick={onClick}
  >
    {isEnded(task) ? <Thumbnail output={task.outputs[choice.index]} /> : <span class="thumbnail running" />}
    <span class="title">{title}</span>
    <span class="quiet">{detail}</span>
  </Button>
)
