import { actionButtons, savedRows } from "./actions-view.ts"
import { makeActions } from "./actions.ts"
import { button, byId, fill } from "./dom.ts"
import { isEnded, listOf, readTask, type Task, taskIdIn } from "./facts.ts"
import { factRows, kindLine, titleOf } from "./heading-view.ts"
import type { Answer, Host, HostEvents } from "./host.ts"
import { newsForModel, spokenState } from "./news.ts"
import { makePoller } from "./poll.ts"
import { formParts } from "./request-form.ts"
import type { Settings } from "./settings.ts"
import { stageKey, stageParts, tickProgress } from "./stage-view.ts"
import { type Call, currentTask, freshState, learn, promptOf, secondsOf, show } from "./state.ts"
import { costLine, stripCards, stripKey } from "./strip-view.ts"
import type { Manner } from "./words.ts"

/** As many as a strip shows without scrolling on most screens. */
const stillsRead = 8
const nothingAllowed = { call: false, message: false, open: false, download: false, fullscreen: false }

/** The page: what it knows, how it looks, and what it asks for. It runs from `start` to the chat's teardown. */
export const makeBoard = (settings: Settings) => {
  const state = freshState()
  let host: Host | undefined
  let clock: ReturnType<typeof setInterval> | undefined
  let ended = false
  const now = () => performance.now()
  const manner = (): Manner => ({ locale: host?.context.locale, timeZone: host?.context.timeZone })

  const call = (tool: string, args: Readonly<Record<string, unknown>>): Promise<Answer> =>
    host === undefined || ended ? Promise.reject(new Error("The page is closed.")) : host.call(tool, args)

  const askTasks = async (args: Readonly<Record<string, unknown>>): Promise<ReadonlyArray<Task>> => {
    const { facts } = await call("board_tasks", args)
    return listOf(facts["tasks"]).flatMap((one) => readTask(one, now()) ?? [])
  }

  const look = async (id: string): Promise<Task> => {
    const [task] = await askTasks({ task_id: id })
    if (task === undefined) throw new Error("klingkit told nothing about the task")
    state.whole.add(id)
    return task
  }

  /** What an ended task was, once: results and lists leave out its price or the end of its prompt. */
  const readWhole = async (): Promise<void> => {
    const task = currentTask(state)
    if (task === undefined || state.whole.has(task.id)) return
    learn(state, await look(task.id))
    render()
  }

  const loadRecent = async () => {
    const tasks = await askTasks({}).catch(() => [])
    if (ended || tasks.length === 0) return
    state.recent = tasks.map((task) => learn(state, task).id)
    render()
  }

  const poller = makePoller(
    look,
    (task) => secondsOf(task, now()),
    (told, failures) => {
      const task = failures === 0 ? learn(state, told) : told
      state.failures = failures
      if (failures === 0 && isEnded(task)) {
        void host?.tellModel(newsForModel(task)).catch(() => undefined)
        void loadRecent()
      }
      render()
    }
  )

  /** A list of tasks names no files; the strip shows some of them. */
  const readStills = async (): Promise<void> => {
    for (const id of state.recent.slice(0, stillsRead)) {
      if (ended) return
      if (!state.whole.has(id))
        await look(id).then(
          (task) => learn(state, task),
          () => undefined
        )
    }
    render()
  }

  const follow = () => {
    const task = currentTask(state)
    const canLook = host?.abilities.call === true
    poller.follow(canLook ? task : undefined)
    if (canLook && task !== undefined && isEnded(task)) void readWhole().catch(() => undefined)
  }

  /** Takes in a result; `made` is the call that it belongs to. False when it speaks of no task. */
  const take = (answer: Answer, made: Call): boolean => {
    const inText = taskIdIn(answer.lines)
    const bare =
      inText === undefined ? undefined : ({ id: inText, status: "unknown", outputs: [], readAt: now() } as const)
    const told = readTask(answer.facts, now()) ?? bare
    if (told === undefined) return false
    const task = learn(state, told)
    // A call that names this very task only looked at it; one that names another made this one from it.
    const named = made.args["task_id"]
    if (named === undefined || (named !== task.id && named !== task.klingId)) state.calls.set(task.id, made)
    show(state, task.id)
    if (answer.isError) state.note = answer.lines[0] ?? ""
    follow()
    void loadRecent()
    return true
  }

  /** Takes in a result that lists tasks; the first one is shown. False when it lists none. */
  const takeList = ({ facts }: Answer): boolean => {
    const listed = listOf(facts["tasks"]).flatMap((one) => readTask(one, now()) ?? [])
    const [first, ...rest] = listed.map((task) => learn(state, task).id)
    if (first === undefined) return false
    state.recent = [first, ...rest]
    show(state, first)
    follow()
    void readStills()
    return true
  }

  const actions = makeActions({
    state,
    settings,
    call,
    take,
    host: () => host,
    follow: () => follow(),
    readWhole,
    render: () => render()
  })

  const events: HostEvents = {
    onArguments: (args) => {
      state.opening = { tool: host?.tool?.name ?? state.opening.tool, args }
      const id = host?.tool?.looks === true ? args["task_id"] : undefined
      // A call that waits for a task answers late; the page can look for itself meanwhile.
      if (typeof id === "string" && id !== "" && state.current === undefined) {
        learn(state, { id, status: "unknown", outputs: [], readAt: now() })
        show(state, id)
        follow()
      }
      render()
    },
    onAnswer: (answer) => {
      state.opening = { ...state.opening, tool: host?.tool?.name ?? state.opening.tool }
      if (!takeList(answer) && !take(answer, state.opening)) {
        state.phase = answer.isError ? "told" : "shown"
        state.lines = answer.lines
        void loadRecent()
      }
      render()
    },
    onCancelled: () => {
      if (state.current === undefined) {
        state.phase = "told"
        state.lines = ["The call was cancelled. A task that Kling had taken by then goes on; it is listed below."]
        void loadRecent()
      }
      render()
    },
    onContext: () => render(),
    onTeardown: () => {
      ended = true
      poller.end()
      clearInterval(clock)
      for (const player of document.querySelectorAll<HTMLMediaElement>("video, audio")) player.pause()
    }
  }

  const tick = () => {
    const task = currentTask(state)
    if (task !== undefined) tickProgress(byId("stage"), task, state.failures, now())
  }

  /** Seconds are counted only while a task runs and somebody may be looking. */
  const keepTime = () => {
    const task = currentTask(state)
    clearInterval(clock)
    if (task !== undefined && !isEnded(task) && !document.hidden && !ended) clock = setInterval(tick, 1000)
  }

  const render = () => {
    if (ended) return
    const able = host?.abilities ?? nothingAllowed
    const task = currentTask(state)
    const { title, isPrompt } = titleOf(state, manner())
    document.body.dataset["state"] = state.phase === "shown" ? (task?.status ?? "none") : state.phase
    const shape = state.calls.get(state.current ?? "")?.args["aspect_ratio"] ?? state.opening.args["aspect_ratio"]
    const [, width, height] = /^(\d{1,2}):(\d{1,2})$/.exec(String(shape)) ?? []
    byId("stage").style.setProperty("--asked", width === undefined ? "16 / 9" : `${width} / ${height}`)
    fill(byId("kind"), kindLine(state), () => [kindLine(state)])
    fill(byId("title"), title, () => [title])
    byId("title").classList.toggle("prompt", isPrompt)
    const isFull = host?.context.displayMode === "fullscreen"
    fill(byId("corner"), [able.fullscreen, isFull], () => [
      able.fullscreen &&
        button("fullscreen", isFull ? "Leave full screen" : "Full screen", actions.fullscreen, { class: "link" })
    ])
    fill(byId("stage"), stageKey(state), () => stageParts(state, manner(), actions))
    fill(byId("facts"), [task, state.index, state.beside, manner()], () => factRows(state, manner()))
    fill(
      byId("actions"),
      [
        able,
        task?.id,
        task?.status,
        task?.outputs,
        state.index,
        state.picking,
        state.beside,
        state.form,
        state.busy,
        task?.files
      ],
      () => actionButtons(state, able, settings, actions)
    )
    fill(byId("note"), state.note, () => [state.note])
    fill(byId("saved"), [task?.files, state.beside], () => savedRows(state, actions))
    const form = state.form
    byId("form").hidden = form === undefined
    fill(byId("form"), [form, task?.id], () =>
      form === undefined || task === undefined
        ? []
        : formParts(form, task, promptOf(state, task), { send: actions.send, close: actions.closeForm })
    )
    byId("recent").hidden =
      state.recent.length === 0 || (state.recent.length === 1 && state.recent[0] === state.current)
    fill(byId("recent-title"), state.picking, () => [state.picking ? "Choose one to set beside it" : "Recent"])
    fill(byId("cost"), costLine(state), () => [costLine(state)])
    fill(byId("strip"), stripKey(state, manner()), () => stripCards(state, manner(), actions))
    fill(byId("spoken"), spokenState(task), () => [spokenState(task)])
    measureTitle()
    tick()
    keepTime()
  }

  /** The rest of a long prompt is one press away; a short one needs no button. */
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
    document.addEventListener("visibilitychange", keepTime)
    document.addEventListener("keydown", actions.key)
    follow()
    render()
  }

  return { events, start, render }
}
