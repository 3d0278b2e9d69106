import { applyTask, taskOfAnswer } from "../answers.ts"
import { focusOn } from "../focus.ts"
import type { Host } from "../host.ts"
import { requestCall, requestText } from "../request.ts"
import type { Settings } from "../settings.ts"
import { currentTask, type Form, promptOf, type State } from "../state.ts"
import type { Store } from "../store.ts"
import type { TaskLoader } from "../task-loader.ts"
import type { RunAction } from "./run-action.ts"

/** New requests. Nothing here spends: paid calls go through the chat or the server's approval. */
export interface RequestActions {
  /** Opens the form, or closes it when it is open. */
  readonly openForm: (form: Form) => void
  readonly closeForm: () => void
  readonly send: (prompt: string) => void
}

export const makeRequestActions = (
  store: Store<State>,
  run: RunAction,
  host: () => Host | undefined,
  settings: Settings,
  { callTool, follow, loadDetails, loadRecent }: TaskLoader
): RequestActions => {
  const closeForm = () => {
    const { form } = store.get()
    store.update((state) => ({ ...state, form: undefined }))
    if (form !== undefined) focusOn(form)
  }

  const openForm = (form: Form) => {
    if (store.get().form === form) return closeForm()
    run(form, async () => {
      const { current } = store.get()
      // A form with a truncated prompt would request something else.
      await loadDetails().catch(() => undefined)
      // The user may have turned to something else in the meantime.
      if (store.get().current !== current || store.get().comparison !== undefined) return undefined
      store.update((state) => ({ ...state, form }))
      focusOn("prompt")
      return undefined
    })
  }

  const send = (prompt: string) =>
    run("send", async () => {
      const state = store.get()
      const [task, form] = [currentTask(state), state.form]
      if (task === undefined || form === undefined) return undefined
      const call = state.calls.get(task.id)
      const isUnchanged = prompt === promptOf(state, task)?.trim()
      const wanted = { form, task, call, prompt, isUnchanged, canRepeat: settings.tools.has("repeat_task") }
      if (host()?.abilities.message === true) {
        await host()?.say(requestText(wanted))
        store.update((now) => (now.current === task.id && now.form === form ? { ...now, form: undefined } : now))
        return "Request added to the chat."
      }
      const request = requestCall(wanted)
      if (request === undefined || !settings.tools.has(request.tool))
        return "This chat does not accept requests from the board."
      const answer = await callTool(request.tool, request.args)
      const created = taskOfAnswer(answer, performance.now())
      if (created === undefined) return answer.lines.join(" ")
      store.update((now) => applyTask(now, answer, created, request))
      follow()
      void loadRecent()
      return undefined
    })

  return { openForm, closeForm, send }
}
