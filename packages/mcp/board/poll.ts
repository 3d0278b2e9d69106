import { isEnded, type Task } from "./facts.ts"

const longestPause = 30

/**
 * Seconds until the next look: often at first, since what fails fails early; every ten seconds while a task usually runs;
 * ever more rarely when it takes longer. After `failures` looks in a row that went wrong, twice as long each time.
 */
export const pauseSeconds = (looks: number, elapsed: number, usual: number, failures: number): number => {
  if (failures > 0) return Math.min(60, 2.5 * 2 ** failures)
  if (elapsed > usual * 1.5) return Math.min(longestPause, 5 + (elapsed - usual * 1.5) / 10)
  return Math.min(10, 2 + looks)
}

export interface Poller {
  /** Follows a task until it has ended; follows nothing when it already has, or when absent. */
  readonly follow: (task: Task | undefined) => void
  /** For good: the page is going away. */
  readonly end: () => void
}

/** Looks at one task again and again, but never while nobody can see the page. */
export const makePoller = (
  look: (id: string) => Promise<Task>,
  seconds: (task: Task) => number,
  seen: (task: Task, failures: number) => void
): Poller => {
  let following: Task | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let [looks, failures, turn] = [0, 0, 0]
  let ended = false

  const stop = () => {
    clearTimeout(timer)
    timer = undefined
    turn++
  }
  const schedule = (pause: number) => {
    stop()
    if (following === undefined || ended || document.hidden) return
    timer = setTimeout(() => void turnOnce(), pause * 1000)
  }
  const turnOnce = async () => {
    const [mine, before] = [++turn, following]
    if (before === undefined) return
    const found = await look(before.id).catch(() => undefined)
    // Somebody looked at another task, hid the page or closed it in the meantime.
    if (mine !== turn) return
    looks++
    failures = found === undefined ? failures + 1 : 0
    const task = found ?? before
    following = isEnded(task) ? undefined : task
    schedule(pauseSeconds(looks, seconds(task), task.usualSeconds ?? 60, failures))
    seen(task, failures)
  }
  const onVisibility = () => schedule(0)
  document.addEventListener("visibilitychange", onVisibility)

  return {
    follow: (task) => {
      if (task?.id === following?.id && task !== undefined && !isEnded(task)) return
      following = task === undefined || isEnded(task) ? undefined : task
      looks = 0
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
