import type { Call, Form } from "./state.ts"
import type { Task } from "./task.ts"

/** What the user requests with the form. */
export interface Request {
  readonly form: Form
  readonly task: Task
  /** The call that created the task, if the page saw it. */
  readonly call: Call | undefined
  readonly prompt: string
  /** Nothing was changed: the request must allow a duplicate, or klingkit returns the same task. */
  readonly isUnchanged: boolean
}

// Approvals and keys are valid for one call only; another call needs its own.
const singleUse = /^(allow_duplicate|allow_repeat|idempotency|confirm|approv)/

const settingsOf = ({ args }: Call): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(args).filter(([name, value]) => name !== "prompt" && value != null && !singleUse.test(name))
  )

/** The message sent to the chat. The model then calls the tool, and the server asks for approval where needed. */
export const requestText = ({ form, task, call, prompt, isUnchanged }: Request): string => {
  if (form === "extend") return `Extend the video of task ${task.id} with extend_video. What happens next:\n\n${prompt}`
  const settings = Object.entries({
    ...(call === undefined ? {} : settingsOf(call)),
    ...(isUnchanged ? { allow_duplicate: true } : {})
  })
  const listed = settings.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(", ")
  const using = [call?.tool, call?.tool === undefined || listed === "" ? listed : `(${listed})`]
    .filter(Boolean)
    .join(" ")
  return `Make task ${task.id} again, as a new task, with ${using === "" ? "" : `${using} and `}this prompt:\n\n${prompt}`
}

/** The same as a tool call, for chats that accept no messages from pages; undefined when the page does not know the call. */
export const requestCall = ({
  form,
  task,
  call,
  prompt,
  isUnchanged
}: Request): (Call & { readonly tool: string }) | undefined => {
  if (form === "extend") return { tool: "extend_video", args: { task_id: task.id, prompt } }
  if (call?.tool === undefined) return undefined
  return { tool: call.tool, args: { ...settingsOf(call), prompt, ...(isUnchanged ? { allow_duplicate: true } : {}) } }
}
