import { actionButtons, savedRows } from "./actions-view.ts"
import { makeActions } from "./actions.ts"
import { button, byId, fill } from "./dom.ts"
import { isEnded, listOf, readTask, type Task, taskIdIn } from "./task.ts"
import { detailRows, kindLine, titleOf } from "./heading-view.ts"
import type { Answer, Host, HostEvents } from "./host.ts"
import { modelContextFor, ariaStatus } from "./model-context.ts"
import { makePoller } from "./poll.ts"
import { formParts } from "./request-form.ts"
import type { Settings } from "./settings.ts"
import { playerKey, playerParts, tickProgress } from "./player-view.ts"
import { type Call, currentTask, freshState, learn, promptOf, secondsOf, show } from "./state.ts"
import { costLine, thumbnailCards, thumbnailsKey } from "./thumbnails-view.ts"
import type { LocaleOptions } from "./format.ts"

/** As many as fit without scrolling on most screens. */
const thumbnailCount = 8
const noAbilities = { call: false, message: false, open: false, download: false, fullscreen: false }

/** The page: its state, its rendering and its tool calls. It runs from `start` to the chat's teardown. */
export const makeBoard = (settings: Settings) => {
  const state = freshState()
  let host: Host | undefined
  let clock: ReturnType<typeof setInterval> | undefined
  let ended = false
  const now = () => performance.now()
  const localeOptions = (): LocaleOptions => ({ locale: host?.context.locale, timeZone: host?.context.timeZone })

  const callTool = (tool: string, args: Readonly<Record<string, unknown>>): Promise<Answer> =>
    host === undefined || ended ? Promise.reject(new Error("The page is closed.")) : host.call(tool, args)

  const fetchTasks = async (args: Readonly<Record<string, unknown>>): Promise<ReadonlyArray<Task>> => {
    const { structured } = await callTool("board_tasks", args)
    return listOf(structured["tasks"]).flatMap((entry) => readTask(entry, now()) ?? [])
  }

  const fetchTask = async (id: string): Promise<Task> => {
    const [task] = await fetchTasks({ task_id: id })
    if (task === undefined) throw new Error("klingkit returned no such task")
    state.detailed.add(id)
    return task
  }

  /** Loads an ended task once: results and lists leave out its price or the end of its prompt. */
  const loadDetails = async (): Promise<void> => {
    const task = currentTask(state)
    if (task === undefined || state.detailed.has(task.id)) return
    learn(state, await fetchTask(task.id))
    render()
  }

  const loadRecent = async () => {
    const tasks = await fetchTasks({}).catch(() => [])
    if (ended || tasks.length === 0) return
    state.recent = tasks.map((task) => learn(state, task).id)
    render()
  }

  const poller = makePoller(
    fetchTask,
    (task) => secondsOf(task, now()),
    (polled, failures) => {
      const task = failures === 0 ? learn(state, polled) : polled
      state.failures = failures
      if (failures === 0 && isEnded(task)) {
        void host?.updateModelContext(modelContextFor(task)).catch(() => undefined)
        void loadRecent()
      }
      render()
    }
  )

  /** A list of tasks has no file URLs; the first few are fetched for their thumbnails. */
  const loadThumbnails = async (): Promise<void> => {
    for (const id of state.recent.slice(0, thumbnailCount)) {
      if (ended) return
      if (!state.detailed.has(id))
        await fetchTask(id).then(
          (task) => learn(state, task),
          () => undefined
        )
    }
    render()
  }

  const follow = () => {
    const task = currentTask(state)
    const canPoll = host?.abilities.call === true
    poller.follow(canPoll ? task : undefined)
    if (canPoll && task !== undefined && isEnded(task)) void loadDetails().catch(() => undefined)
  }

  /** Applies a result; `call` is the call that it answers. False when it names no task. */
  const applyAnswer = (answer: Answer, call: Call): boolean => {
    const inText = taskIdIn(answer.lines)
    const bare =
      inText === undefined ? undefined : ({ id: inText, status: "unknown", outputs: [], readAt: now() } as const)
    const received = readTask(answer.structured, now()) ?? bare
    if (received === undefined) return false
    const task = learn(state, received)
    // A call that names this very task only read its status; one that names another task derived this one from it.
    const named = call.args["task_id"]
    if (named === undefined || (named !== task.id && named !== task.klingId)) state.calls.set(task.id, call)
    show(state, task.id)
    if (answer.isError) state.note = answer.lines[0] ?? ""
    follow()
    void loadRecent()
    return true
  }

  /** Applies a result that lists tasks; shows the first one. False when it lists none. */
  const applyList = ({ structured }: Answer): boolean => {
    const listed = listOf(structured["tasks"]).flatMap((entry) => readTask(entry, now()) ?? [])
    const [first, ...rest] = listed.map((task) => learn(state, task).id)
    if (first === undefined) return false
    state.recent = [first, ...rest]
    show(state, first)
    follow()
    void loadThumbnails()
    return true
  }

  const actions = makeActions({
    state,
    settings,
    callTool,
    applyAnswer,
    host: () => host,
    follow: () => follow(),
    loadDetails,
    render: () => render()
  })

  const events: HostEvents = {
    onArguments: (args) => {
      state.opening = { tool: host?.tool?.name ?? state.opening.tool, args }
      const id = host?.tool?.isReadOnly === true ? args["task_id"] : undefined
      // A call that waits for a task answers late; the page polls in the meantime.
      if (typeof id === "string" && id !== "" && state.current === undefined) {
        learn(state, { id, status: "unknown", outputs: [], readAt: now() })
        show(state, id)
        follow()
      }
      render()
    },
    onAnswer: (answer) => {
      state.opening = { ...state.opening, tool: host?.tool?.name ?? state.opening.tool }
      if (!applyList(answer) && !applyAnswer(answer, state.opening)) {
        state.phase = answer.isError ? "message" : "shown"
        state.lines = answer.lines
        void loadRecent()
      }
      render()
    },
    onCancelled: () => {
      if (state.current === undefined) {
        state.phase = "message"
        state.lines = [
          "The call was cancelled. A task that Kling had already accepted keeps running and is listed below."
        ]
        void loadRecent()
      }
      render()
    },
    onContext: () => render(),
    onTeardown: () => {
      ended = true
      poller.end()
      clearInterval(clock)
      for (const media of document.querySelectorAll<HTMLMediaElement>("video, audio")) media.pause()
    }
  }

  const tick = () => {
    const task = currentTask(state)
    if (task !== undefined) tickProgress(byId("player"), task, state.failures, now())
  }

  /** The clock ticks only while a task runs and the page is visible. */
  const updateClock = () => {
    const task = currentTask(state)
    clearInterval(clock)
    if (task !== undefined && !isEnded(task) && !document.hidden && !ended) clock = setInterval(tick, 1000)
  }

  const render = () => {
    if (ended) return
    const able = host?.abilities ?? noAbilities
    const task = currentTask(state)
    const { title, isPrompt } = titleOf(state, localeOptions())
    document.body.dataset["state"] = state.phase === "shown" ? (task?.status ?? "none") : state.phase
    const aspectRatio = state.calls.get(state.current ?? "")?.args["aspect_ratio"] ?? state.opening.args["aspect_ratio"]
    const [, width, height] = /^(\d{1,2}):(\d{1,2})$/.exec(String(aspectRatio)) ?? []
    byId("player").style.setProperty("--asked", width === undefined ? "16 / 9" : `${width} / ${height}`)
    fill(byId("kind"), kindLine(state), () => [kindLine(state)])
    fill(byId("title"), title, () => [title])
    byId("title").classList.toggle("prompt", isPrompt)
    const isFull = host?.context.displayMode === "fullscreen"
    fill(byId("corner"), [able.fullscreen, isFull], () => [
      able.fullscreen &&
        button("fullscreen", isFull ? "Leave full screen" : "Full screen", actions.fullscreen, { class: "link" })
    ])
    fill(byId("player"), playerKey(state), () => playerParts(state, localeOptions(), actions))
    fill(byId("details"), [task, state.index, state.comparison, localeOptions()], () =>
      detailRows(state, localeOptions())
    )
    fill(
      byId("actions"),
      [
        able,
        task?.id,
        task?.status,
        task?.outputs,
        state.index,
        state.picking,
        state.comparison,
        state.form,
        state.busy,
        task?.files
      ],
      () => actionButtons(state, able, settings, actions)
    )
    fill(byId("note"), state.note, () => [state.note])
    fill(byId("saved"), [task?.files, state.comparison], () => savedRows(state, actions))
    const form = state.form
    byId("form").hidden = form === undefined
    fill(byId("form"), [form, task?.id], () =>
      form === undefined || task === undefined
        ? []
        : formParts(form, task, promptOf(state, task), { send: actions.send, close: actions.closeForm })
    )
    byId("recent").hidden =
      state.recent.length === 0 || (state.recent.length === 1 && state.recent[0] === state.current)
    fill(byId("recent-title"), state.picking, () => [state.picking ? "Pick one to compare with" : "Recent"])
    fill(byId("cost"), costLine(state), () => [costLine(state)])
    fill(byId("thumbnails"), thumbnailsKey(state, localeOptions()), () =>
      thumbnailCards(state, localeOptions(), actions)
    )
    fill(byId("aria-status"), ariaStatus(task), () => [ariaStatus(task)])
    measureTitle()
    tick()
    updateClock()
  }

  /** A long prompt gets a "Show more" button; a short one does not. */
  const measureTitle = () => {
    const [heading, more] = [byId("title"), byId("more")]
    const isOpen = more.getAttribute("aria-expanded") === "true"
    more.hidden = !isOpen && heading.scrollHeight <= heading.clientHeight + 1
  }

  const start = (connected: Host) => {
    host = connected
    state.opening = { ...state.opening, tool: connected.tool?.name }
    byId("more").addEventListener("click", () => {
      const isOpen = byId("more").getAttribute("aria-expanded") === "true"
      byId("more").setAttribute("aria-expanded", String(!isOpen))
      byId("more").textContent = isOpen ? "Show more" : "Show less"
      byId("title").classList.toggle("open", !isOpen)
      measureTitle()
    })
    addEventListener("resize", measureTitle)
    document.addEventListener("visibilitychange", updateClock)
    document.addEventListener("keydown", actions.key)
    follow()
    render()
  }

  return { events, start, render }
}
