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
  /** The server offers `repeat_task`, which knows the settings and inputs of any task. */
  readonly canRepeat: boolean
}

// Approvals and keys are valid for one call only; another call needs its own.
const singleUse = /^(allow_duplicate|allow_repeat|idempotency|confirm|approv)/

const settingsOf = ({ args }: Call): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(args).filter(([name, value]) => name !== "prompt" && value != null && !singleUse.test(name))
  )

/** A call that has all settings: a repetition has only what it changed. */
const knownCall = ({ call }: Request): Call | undefined => (call?.tool === "repeat_task" ? undefined : call)

/** The message sent to the chat. The model then calls the tool, and the server asks for approval where needed. */
export const requestText = (request: Request): string => {
  const { form, task, prompt, isUnchanged, canRepeat } = request
  const call = knownCall(request)
  if (form === "extend") return `Extend the video of task ${task.id} with extend_video. What happens next:\n\n${prompt}`
  if (canRepeat && call?.tool === undefined) {
    const again = `Make task ${task.id} again, as a new task: call repeat_task with task_id ${task.id}`
    return isUnchanged
      ? `${again} and allow_duplicate true.`
      : `${again} and this prompt as the only change:\n\n${prompt}`
  }
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

/** The same as a tool call, for chats that accept no messages from pages; undefined when neither page nor server know the call. */
export const requestCall = (request: Request): (Call & { readonly tool: string }) | undefined => {
  const { form, task, prompt, isUnchanged, canRepeat } = request
  const call = knownCall(request)
  if (form === "extend") return { tool: "extend_video", args: { task_id: task.id, prompt } }
  const duplicate = isUnchanged ? { allow_duplicate: true } : {}
  if (canRepeat && call?.tool === undefined) {
    const changes = isUnchanged ? {} : { changes: JSON.stringify({ prompt }) }
    return { tool: "repeat_task", args: { task_id: task.id, ...changes, ...duplicate } }
  }
  if (call?.tool === undefined) return undefined
  return { tool: call.tool, args: { ...settingsOf(call), prompt, ...duplicate } }
}
