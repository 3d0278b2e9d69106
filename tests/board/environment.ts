import { setTimeout } from "node:timers/promises"

/** Sets environment variables. The result restores what they were. */
export const setEnvironment = (values: Readonly<Record<string, string>>): (() => void) => {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, values)
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}

/** Repeats a question until the answer is yes; fails after `timeout` milliseconds. */
export const waitUntil = async (
  condition: () => Promise<boolean>,
  { timeout, interval }: { readonly timeout: number; readonly interval: number }
): Promise<void> => {
  const end = performance.now() + timeout
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`still false after ${timeout} ms: ${String(condition)}`)
    await setTimeout(interval)
  }
}
