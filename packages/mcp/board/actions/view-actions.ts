import { focusedName, focusOn } from "../focus.ts"
import type { Host } from "../host.ts"
import { type Choice, type State, show, withNote } from "../state.ts"
import type { Store } from "../store.ts"
import type { TaskLoader } from "../task-loader.ts"
import { reasonOf, type RunAction } from "./run-action.ts"

/** What is on display: one result or several, two side by side, full screen. */
export interface ViewActions {
  readonly choose: (taskId: string) => void
  readonly enlarge: (index: number | undefined) => void
  /** Whether the next thumbnail is one to compare with. */
  readonly pick: (picking: boolean) => void
  readonly compareWith: (choice: Choice) => void
  readonly closeComparison: () => void
  readonly playBoth: () => void
  readonly toggleFullscreen: () => void
}

export const makeViewActions = (
  store: Store<State>,
  run: RunAction,
  host: () => Host | undefined,
  { follow }: TaskLoader
): ViewActions => ({
  choose: (taskId) => {
    store.update((state) => show(state, taskId))
    follow()
  },
  enlarge: (index) => {
    const [before, focused] = [store.get().index, focusedName()]
    store.update((state) => ({ ...state, index }))
    if (index === undefined) focusOn(`tile-${before ?? 0}`)
    else if (focused !== "previous") focusOn("next")
  },
  pick: (picking) => {
    store.update((state) => ({ ...state, picking }))
    if (picking) document.querySelector<HTMLElement>("#thumbnails button")?.focus()
  },
  compareWith: (comparison) => {
    store.update((state) => ({ ...state, comparison, picking: false, form: undefined }))
    focusOn("play-both")
    if (document.activeElement === document.body) focusOn("close-comparison")
  },
  closeComparison: () => {
    store.update((state) => ({ ...state, comparison: undefined }))
    focusOn("compare")
  },
  playBoth: () => {
    for (const video of document.querySelectorAll<HTMLVideoElement>("#player video")) {
      video.currentTime = 0
      video.play().catch((error: unknown) => store.update((state) => withNote(state, state.current, reasonOf(error))))
    }
  },
  toggleFullscreen: () =>
    run("fullscreen", async () => {
      await host()?.toggleFullscreen()
      return undefined
    })
})
