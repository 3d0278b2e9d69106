import type { Host } from "../host.ts"
import type { Settings } from "../settings.ts"
import type { State } from "../state.ts"
import type { Store } from "../store.ts"
import type { TaskLoader } from "../task-loader.ts"
import { type FileActions, makeFileActions } from "./file-actions.ts"
import { makeRequestActions, type RequestActions } from "./request-actions.ts"
import { makeRunAction } from "./run-action.ts"
import { makeViewActions, type ViewActions } from "./view-actions.ts"

/** What each control of the page does. */
export interface Actions extends FileActions, RequestActions, ViewActions {}

export const makeActions = (
  store: Store<State>,
  host: () => Host | undefined,
  settings: Settings,
  loader: TaskLoader
): Actions => {
  const run = makeRunAction(store)
  return {
    ...makeFileActions(store, run, host, loader),
    ...makeRequestActions(store, run, host, settings, loader),
    ...makeViewActions(store, run, host, loader)
  }
}
