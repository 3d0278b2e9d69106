import type { Actions } from "../actions/actions.ts"
import type { Abilities } from "../host.ts"
import { safeUrl, type Settings } from "../settings.ts"
import { chosen, currentTask, type Form, isRunning, type State } from "../state.ts"
import { isEnded, type Task } from "../task.ts"
import { Button } from "./button.tsx"

interface Props {
  readonly state: State
  readonly able: Abilities
  readonly settings: Settings
  readonly act: Actions
}

interface ActionButton {
  readonly name: string
  readonly text: string
  readonly onClick: () => void
  readonly isShown: boolean
  readonly isPressed?: boolean
  /** Of a button that opens the form. */
  readonly form?: Form
}

/** The buttons under a result: only those that would work here and now. The first one is the primary action. */
export const ActionButtons = (props: Props) => {
  const { state } = props
  const task = currentTask(state)
  const buttons = task === undefined || !isEnded(task) || state.comparison !== undefined ? [] : buttonsOf(task, props)
  return (
    <div id="actions" role="group" aria-label="Actions">
      {buttons
        .filter(({ isShown }) => isShown)
        .map(({ name, text, onClick, isPressed, form }, index) => (
          <Button
            key={name}
            name={name}
            class={index === 0 ? "first" : undefined}
            onClick={onClick}
            isRunning={isRunning(state, name)}
            aria-pressed={isPressed}
            aria-expanded={form === undefined ? undefined : state.form === form}
            aria-controls={form === undefined ? undefined : "form"}
          >
            {text}
          </Button>
        ))}
    </div>
  )
}

const buttonsOf = (task: Task, { state, able, settings, act }: Props): ReadonlyArray<ActionButton> => {
  const choice = chosen(state)
  const output = choice === undefined ? undefined : task.outputs[choice.index]
  const hasFiles = task.outputs.some(({ url }) => url !== undefined)
  const hasLink = safeUrl(output?.url) !== undefined
  const canSave = able.call && settings.tools.has("download_task") && (task.files ?? []).length === 0
  const canAsk = able.message || able.call
  const canExtend = canAsk && output?.type === "video" && settings.tools.has("extend_video")
  const saveText = task.outputs.length > 1 ? `Save all ${task.outputs.length}` : "Save"
  return [
    {
      name: "save",
      text: isRunning(state, "save") ? "Saving …" : saveText,
      onClick: act.save,
      isShown: hasFiles && canSave
    },
    { name: "open", text: "Open", onClick: act.open, isShown: hasLink },
    { name: "copy-link", text: "Copy link", onClick: act.copyLink, isShown: hasLink },
    { name: "download", text: "Download", onClick: act.download, isShown: hasLink && able.download },
    {
      name: "compare",
      text: state.picking ? "Cancel comparison" : "Compare",
      onClick: () => act.pick(!state.picking),
      isShown: hasFiles,
      isPressed: state.picking
    },
    {
      name: "again",
      text: "Edit and regenerate",
      onClick: () => act.openForm("again"),
      isShown: canAsk,
      form: "again"
    },
    { name: "extend", text: "Extend", onClick: () => act.openForm("extend"), isShown: canExtend, form: "extend" }
  ]
}
