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

/** However busy the machine is, a browser has done by then what it was asked for. */
const timeoutMillis = 100_000

/** Repeats a question until the answer is yes. */
export const waitUntil = async (condition: () => Promise<boolean>): Promise<void> => {
  const end = performance.now() + timeoutMillis
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`still false after ${timeoutMillis} ms: ${String(condition)}`)
    await setTimeout(50)
  }
}
