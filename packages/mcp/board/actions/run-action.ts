import { isRunning, type State, withNote } from "../state.ts"
import type { Store } from "../store.ts"

/** Runs an action that takes time. It resolves with a note to show, or with undefined to leave the notes alone. */
export type RunAction = (name: string, action: () => Promise<string | undefined>) => void

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : "Something went wrong.")

/**
 * Actions do not wait for each other: a chat may take minutes to answer one of them. Only the control of an action that
 * runs is disabled. An error is shown like any other outcome, next to the buttons of the task that the action was for.
 */
export const makeRunAction =
  (store: Store<State>): RunAction =>
  (name, action) => {
    const taskId = store.get().current
    if (isRunning(store.get(), name)) return
    const own = { taskId, name }
    store.update((state) => withNote({ ...state, running: [...state.running, own] }, taskId, ""))
    const end = (note: string | undefined) =>
      store.update((state) => {
        const ended = { ...state, running: state.running.filter((other) => other !== own) }
        return note === undefined ? ended : withNote(ended, taskId, note)
      })
    action().then(end, (error: unknown) => end(reasonOf(error)))
  }
