import { readDaySpend } from "./day-spend.ts"
import type { Answer, Host } from "./host.ts"
import { modelContextFor } from "./model-context.ts"
import { makePoller } from "./poll.ts"
import { currentTask, knownTask, learn, secondsOf, type State, withRecent } from "./state.ts"
import type { Store } from "./store.ts"
import { isEnded, listOf, readTask, type Task } from "./task.ts"

/** As many as fit without scrolling on most screens. */
const thumbnailCount = 8

type Arguments = Readonly<Record<string, unknown>>

export interface TaskLoader {
  readonly callTool: (tool: string, args: Arguments) => Promise<Answer>
  /** Polls the current task until it has ended, then loads what is still unknown about it. */
  readonly follow: () => void
  /** Loads the current task once if it has ended: results and lists leave out its price or the end of its prompt. */
  readonly loadDetails: () => Promise<void>
  readonly loadRecent: () => Promise<void>
  /** A list of tasks has no file URLs; the first few are fetched for their thumbnails. */
  readonly loadThumbnails: () => Promise<void>
  /** Ends all polling and refuses further calls: the page is being torn down. */
  readonly close: () => void
}

/** Fetches tasks into the store. Only the current task is polled. */
export const makeTaskLoader = (store: Store<State>, host: () => Host | undefined): TaskLoader => {
  let closed = false
  const now = () => performance.now()

  const callTool = (tool: string, args: Arguments): Promise<Answer> => {
    const connected = host()
    return connected === undefined || closed
      ? Promise.reject(new Error("The page is closed."))
      : connected.call(tool, args)
  }

  const fetchTasks = async (args: Arguments): Promise<ReadonlyArray<Task>> => {
    const { structured } = await callTool("board_tasks", args)
    const today = readDaySpend(structured["today"])
    if (today !== undefined && !closed) store.update((state) => ({ ...state, today }))
    return listOf(structured["tasks"]).flatMap((entry) => readTask(entry, now()) ?? [])
  }

  const fetchTask = async (id: string): Promise<Task> => {
    const [task] = await fetchTasks({ task_id: id })
    if (task === undefined) throw new Error("klingkit returned no such task")
    store.update((state) => ({ ...state, detailed: new Set(state.detailed).add(id) }))
    return task
  }

  const loadTask = async (id: string): Promise<void> => {
    if (store.get().detailed.has(id)) return
    const task = await fetchTask(id)
    store.update((state) => learn(state, task))
  }

  const loadDetails = async () => {
    const { current } = store.get()
    if (current !== undefined) await loadTask(current)
  }

  const loadRecent = async () => {
    const { recent } = store.get()
    const tasks = await fetchTasks({}).catch(() => [])
    // An answer that has come meanwhile says itself which tasks it is about.
    if (closed || tasks.length === 0 || store.get().recent !== recent) return
    store.update((state) => withRecent(state, tasks))
  }

  const loadThumbnails = async () => {
    for (const id of store.get().recent.slice(0, thumbnailCount)) {
      if (closed) return
      await loadTask(id).catch(() => undefined)
    }
  }

  const poller = makePoller(
    fetchTask,
    (task) => secondsOf(task, now()),
    (polled, failures) => {
      store.update((state) => ({ ...(failures === 0 ? learn(state, polled) : state), failures }))
      const task = knownTask(store.get(), polled) ?? polled
      if (failures > 0 || !isEnded(task)) return
      void host()
        ?.updateModelContext(modelContextFor(task))
        .catch(() => undefined)
      void loadRecent()
    }
  )

  const follow = () => {
    const task = currentTask(store.get())
    const canPoll = host()?.abilities.call === true
    poller.follow(canPoll ? task : undefined)
    if (canPoll && task !== undefined && isEnded(task)) void loadDetails().catch(() => undefined)
  }

  return {
    callTool,
    follow,
    loadDetails,
    loadRecent,
    loadThumbnails,
    close: () => {
      closed = true
      poller.end()
    }
  }
}
