import { describeOutputs, formatDateTime, type LocaleOptions, settingsOf, statusLabels } from "../format.ts"
import { currentTask, isRunning, promptOf, type State } from "../state.ts"
import { Button } from "./button.tsx"
import { Title } from "./title.tsx"

interface Props {
  readonly state: State
  readonly localeOptions: LocaleOptions
  readonly canFullscreen: boolean
  readonly isFullscreen: boolean
  readonly toggleFullscreen: () => void
}

/** The prompt, with state, model and settings above it. */
export const Heading = ({ state, localeOptions, canFullscreen, isFullscreen, toggleFullscreen }: Props) => (
  <header>
    <div class="row">
      <p id="kind" class="quiet">
        {kindLine(state)}
      </p>
      <div id="corner">
        {canFullscreen && (
          <Button name="fullscreen" class="link" onClick={toggleFullscreen} isRunning={isRunning(state, "fullscreen")}>
            {isFullscreen ? "Leave full screen" : "Full screen"}
          </Button>
        )}
      </div>
    </div>
    <Title key={state.current} {...titleOf(state, localeOptions)} />
  </header>
)

/** The prompt, where the page knows it; otherwise what the task made and when it was created. */
const titleOf = (state: State, localeOptions: LocaleOptions) => {
  const task = currentTask(state)
  const prompt = promptOf(state, task)
  if (prompt !== undefined) return { text: prompt, isPrompt: true }
  if (task === undefined) return { text: "Kling tasks", isPrompt: false }
  const when = task.createdAt === undefined ? "" : ` · ${formatDateTime(task.createdAt, localeOptions)}`
  return { text: `${describeOutputs(task)}${when}`, isPrompt: false }
}

/** `Ready · kling-3.0 · 5 s · 16:9 · 720p`: whatever the page was opened by. */
const kindLine = (state: State): string => {
  const task = currentTask(state)
  const call = task === undefined ? state.opening : state.calls.get(task.id)
  const model = task?.model ?? call?.args["model_name"]
  const settings = settingsOf({ ...call?.args, ...task?.settings })
  return [task === undefined ? undefined : statusLabels[task.status], model, ...settings]
    .filter((part) => typeof part === "string" && part !== "")
    .join(" · ")
}
