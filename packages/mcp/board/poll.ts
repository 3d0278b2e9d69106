import { isEnded, type Task } from "./task.ts"

const maxIntervalSeconds = 30

/**
 * Seconds until the next poll: short at first, since failures come early; ten seconds for the expected duration; longer
 * after that. After `failures` failed polls in a row the interval doubles each time.
 */
export const pollInterval = (polls: number, elapsed: number, expected: number, failures: number): number => {
  if (failures > 0) return Math.min(60, 2.5 * 2 ** failures)
  if (elapsed > expected * 1.5) return Math.min(maxIntervalSeconds, 5 + (elapsed - expected * 1.5) / 10)
  return Math.min(10, 2 + polls)
}

export interface Poller {
  /** Polls a task until it has ended; stops polling when it already has, or when absent. */
  readonly follow: (task: Task | undefined) => void
  /** Stops for good: the page is being torn down. */
  readonly end: () => void
}

/** Polls one task, but never while the page is hidden. */
export const makePoller = (
  fetchTask: (id: string) => Promise<Task>,
  secondsOf: (task: Task) => number,
  onPoll: (task: Task, failures: number) => void
): Poller => {
  let following: Task | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let [polls, failures, generation] = [0, 0, 0]
  let ended = false

  const stop = () => {
    clearTimeout(timer)
    timer = undefined
    generation++
  }
  const schedule = (seconds: number) => {
    stop()
    if (following === undefined || ended || document.hidden) return
    timer = setTimeout(() => void poll(), seconds * 1000)
  }
  const poll = async () => {
    const [own, polled] = [++generation, following]
    if (polled === undefined) return
    const fetched = await fetchTask(polled.id).catch(() => undefined)
    // The user switched to another task, or hid or closed the page in the meantime.
    if (own !== generation) return
    polls++
    failures = fetched === undefined ? failures + 1 : 0
    const task = fetched ?? polled
    following = isEnded(task) ? undefined : task
    schedule(pollInterval(polls, secondsOf(task), task.expectedSeconds ?? 60, failures))
    onPoll(task, failures)
  }
  const onVisibility = () => schedule(0)
  document.addEventListener("visibilitychange", onVisibility)

  return {
    follow: (task) => {
      if (task?.id === following?.id && task !== undefined && !isEnded(task)) return
      following = task === undefined || isEnded(task) ? undefined : task
      polls = 0
      failures = 0
      schedule(task?.elapsedSeconds === undefined ? 0 : 2)
    },
    end: () => {
      ended = true
      following = undefined
      stop()
      document.removeEventListener("visibilitychange", onVisibility)
    }
  }
}
