import { render } from "preact"
import { makeActions } from "./actions/actions.ts"
import { makeKeyHandler } from "./actions/keyboard.ts"
import { applyList, applyTask, taskOfAnswer, tasksNamed } from "./answers.ts"
import type { Answer, Host, HostEvents } from "./host.ts"
import type { Settings } from "./settings.ts"
import { currentTask, freshState, learn, show, withNote, withRecent } from "./state.ts"
import { makeStore } from "./store.ts"
import { makeTaskLoader } from "./task-loader.ts"
import { isEnded } from "./task.ts"
import { BoardView } from "./view/board-view.tsx"

const noAbilities = { call: false, message: false, open: false, download: false, fullscreen: false }

/** The page inside `root`: its state, and what the chat tells it. It runs from `start` to the chat's teardown. */
export const makeBoard = (root: Element, settings: Settings) => {
  const store = makeStore(freshState)
  let host: Host | undefined
  let clock: ReturnType<typeof setInterval> | undefined
  let closed = false
  const now = () => performance.now()
  const loader = makeTaskLoader(store, () => host)
  const actions = makeActions(store, () => host, settings, loader)

  /** Draws the page. What does not change stays: a playing video, the focus, text that is being typed. */
  const draw = () => {
    if (closed) return
    render(
      <BoardView
        state={store.get()}
        settings={settings}
        able={host?.abilities ?? noAbilities}
        isFullscreen={host?.context.displayMode === "fullscreen"}
        localeOptions={{ locale: host?.context.locale, timeZone: host?.context.timeZone }}
        now={now()}
        act={actions}
      />,
      root
    )
    updateClock()
  }

  /** The clock ticks only while a task runs and the page is visible. */
  const updateClock = () => {
    const task = currentTask(store.get())
    const ticks = task !== undefined && !isEnded(task) && !document.hidden && !closed
    if (ticks) clock ??= setInterval(draw, 1000)
    else {
      clearInterval(clock)
      clock = undefined
    }
  }

  const onAnswer = (answer: Answer) => {
    store.update((state) => ({ ...state, opening: { ...state.opening, tool: host?.tool?.name ?? state.opening.tool } }))
    const { opening } = store.get()
    const withList = applyList(store.get(), answer, now())
    const task = taskOfAnswer(answer, now())
    if (withList !== undefined) {
      store.update(() => withList)
      loader.follow()
      void loader.loadThumbnails()
      return
    }
    store.update((state) =>
      task === undefined
        ? { ...state, phase: answer.isError ? "message" : "shown", lines: answer.lines }
        : applyTask(state, answer, task, opening)
    )
    if (task !== undefined) loader.follow()
    void loader.loadRecent()
  }

  const onArguments = (args: Readonly<Record<string, unknown>>) => {
    store.update((state) => ({ ...state, opening: { tool: host?.tool?.name ?? state.opening.tool, args } }))
    const tasks = host?.tool?.isReadOnly === true ? tasksNamed(args, now()) : []
    const [first] = tasks
    if (first === undefined || store.get().current !== undefined) return
    // A call that waits for tasks answers late; the page polls in the meantime.
    store.update((state) => show(tasks.length === 1 ? learn(state, first) : withRecent(state, tasks), first.id))
    loader.follow()
  }

  const onCancelled = () => {
    if (store.get().current !== undefined) return
    const line = "The call was cancelled. A task that Kling had already accepted keeps running and is listed below."
    store.update((state) => ({ ...state, phase: "message", lines: [line] }))
    void loader.loadRecent()
  }

  const onTeardown = () => {
    closed = true
    loader.close()
    updateClock()
    for (const media of document.querySelectorAll<HTMLMediaElement>("video, audio")) media.pause()
  }

  const events: HostEvents = { onArguments, onAnswer, onCancelled, onContext: draw, onTeardown }

  const start = (connected: Host) => {
    host = connected
    store.update((state) => ({ ...state, opening: { ...state.opening, tool: connected.tool?.name } }))
    document.addEventListener("visibilitychange", updateClock)
    document.addEventListener(
      "keydown",
      makeKeyHandler(store, () => host, actions)
    )
    loader.follow()
  }

  store.subscribe(draw)
  draw()
  return { events, start, fail: (reason: string) => store.update((state) => withNote(state, undefined, reason)) }
}
