import { focusOn } from "../focus.ts"
import type { Host } from "../host.ts"
import { currentTask, type State } from "../state.ts"
import type { Store } from "../store.ts"
import type { ViewActions } from "./view-actions.ts"

/** Arrow keys step through enlarged results; Escape leaves one thing after the other. */
export const makeKeyHandler =
  (store: Store<State>, host: () => Host | undefined, act: ViewActions) =>
  ({ key, target }: KeyboardEvent): void => {
    if (target instanceof HTMLTextAreaElement || target instanceof HTMLMediaElement) return
    const state = store.get()
    const count = currentTask(state)?.outputs.length ?? 0
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key]
    const isInPlayer = target instanceof HTMLElement && target.closest("#player") !== null
    if (step !== undefined && state.index !== undefined && state.comparison === undefined && isInPlayer) {
      act.enlarge((state.index + step + count) % count)
    }
    if (key !== "Escape") return
    if (state.picking) {
      act.pick(false)
      focusOn("compare")
    } else if (state.comparison !== undefined) act.closeComparison()
    else if (state.index !== undefined) act.enlarge(undefined)
    else if (host()?.context.displayMode === "fullscreen") act.toggleFullscreen()
  }
