import type { Actions } from "../actions/actions.ts"
import type { LocaleOptions } from "../format.ts"
import type { Abilities } from "../host.ts"
import { ariaStatus } from "../model-context.ts"
import type { Settings } from "../settings.ts"
import { currentTask, isRunning, noteOf, promptOf, type State } from "../state.ts"
import { ActionButtons } from "./action-buttons.tsx"
import { Details } from "./details.tsx"
import { Heading } from "./heading.tsx"
import { Player } from "./player.tsx"
import { RecentTasks } from "./recent-tasks.tsx"
import { RequestForm } from "./request-form.tsx"
import { SavedFiles } from "./saved-files.tsx"

interface Props {
  readonly state: State
  readonly settings: Settings
  readonly able: Abilities
  readonly isFullscreen: boolean
  readonly localeOptions: LocaleOptions
  /** Milliseconds of the page's clock. */
  readonly now: number
  readonly act: Actions
}

/** The whole page, as a function of its state. Text from elsewhere becomes text nodes and attributes, never markup. */
export const BoardView = ({ state, settings, able, isFullscreen, localeOptions, now, act }: Props) => {
  const task = currentTask(state)
  const { form, comparison } = state
  return (
    <>
      <Heading
        state={state}
        localeOptions={localeOptions}
        canFullscreen={able.fullscreen}
        isFullscreen={isFullscreen}
        toggleFullscreen={act.toggleFullscreen}
      />
      <Player state={state} localeOptions={localeOptions} now={now} act={act} />
      <div id="side">
        <Details state={state} localeOptions={localeOptions} />
        <ActionButtons state={state} able={able} settings={settings} act={act} />
        <p id="note" class="quiet" role="status">
          {noteOf(state)}
        </p>
        <SavedFiles state={state} files={comparison === undefined ? (task?.files ?? []) : []} copyPath={act.copyPath} />
        <section id="form" aria-label="New request" hidden={form === undefined}>
          {form !== undefined && task !== undefined && (
            <RequestForm
              key={`${form} ${task.id}`}
              form={form}
              originalPrompt={promptOf(state, task)}
              price={task.quote?.usd}
              isSending={isRunning(state, "send")}
              act={act}
            />
          )}
        </section>
      </div>
      <RecentTasks state={state} localeOptions={localeOptions} act={act} />
      <p id="aria-status" class="visually-hidden" role="status">
        {ariaStatus(task)}
      </p>
    </>
  )
}
