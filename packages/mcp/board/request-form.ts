import { button, el } from "./dom.ts"
import type { Task } from "./facts.ts"
import type { Call } from "./state.ts"

export type Form = "again" | "extend"

/** What the person asks for with the form. */
export interface Request {
  readonly form: Form
  readonly task: Task
  /** The call that the task came from, where the page has seen it. */
  readonly call: Call | undefined
  readonly words: string
  /** Nothing was changed: without a word on that, klingkit would give the same task again. */
  readonly isSame: boolean
}

// Yeses and keys are good for one call only; another call needs its own.
const ofOneCall = /^(allow_repeat|idempotency|confirm|approv)/

const settingsOf = ({ args }: Call): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(args).filter(([name, value]) => name !== "prompt" && value != null && !ofOneCall.test(name))
  )

/** The sentence that goes into the chat. The model then calls the tool, and the server's own gate asks about money. */
export const requestText = ({ form, task, call, words, isSame }: Request): string => {
  if (form === "extend") return `Extend the video of task ${task.id} with extend_video. What happens next:\n\n${words}`
  const settings = Object.entries({
    ...(call === undefined ? {} : settingsOf(call)),
    ...(isSame ? { allow_repeat: true } : {})
  })
  const inWords = settings.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(", ")
  const how = [call?.tool, call?.tool === undefined || inWords === "" ? inWords : `(${inWords})`]
    .filter(Boolean)
    .join(" ")
  return `Make task ${task.id} again, as a new task, with ${how === "" ? "" : `${how} and `}this prompt:\n\n${words}`
}

/** The same as a call, for chats that take no messages from pages; nothing when the page does not know the call. */
export const requestCall = ({
  form,
  task,
  call,
  words,
  isSame
}: Request): (Call & { readonly tool: string }) | undefined => {
  if (form === "extend") return { tool: "extend_video", args: { task_id: task.id, prompt: words } }
  if (call?.tool === undefined) return undefined
  return { tool: call.tool, args: { ...settingsOf(call), prompt: words, ...(isSame ? { allow_repeat: true } : {}) } }
}

export interface FormActions {
  readonly send: (words: string) => void
  readonly close: () => void
}

/** One text field and a word on money. Enter with Ctrl or Cmd sends, Escape closes. */
export const formParts = (
  form: Form,
  task: Task,
  prompt: string | undefined,
  act: FormActions
): ReadonlyArray<HTMLElement> => {
  const field = el("textarea", { id: "words", "data-name": "words" })
  field.rows = 4
  field.value = form === "again" ? (prompt ?? "") : ""
  const send = () => {
    const words = field.value.trim()
    if (words === "") field.focus()
    else act.send(words)
  }
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send()
    if (event.key === "Escape") act.close()
  })
  const price = task.quote?.usd
  const label = form === "extend" ? "What happens next" : "Prompt"
  return [
    el("label", { for: "words", text: label }),
    field,
    el("p", {
      class: "quiet",
      text: `This asks for a new task, which is charged anew${
        form === "again" && price !== undefined ? `; this one was quoted at ${price} USD` : ""
      }.`
    }),
    el(
      "div",
      { class: "row" },
      button("send", form === "extend" ? "Ask to extend" : "Ask for it", send, { class: "first" }),
      button("close-form", "Close", act.close)
    )
  ]
}
