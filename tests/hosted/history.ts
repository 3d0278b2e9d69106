import { seededRandom } from "../simulation/seeded-random.ts"
import { type Answer, callTool } from "./calls.ts"

/** What a client has asked for, and what it was answered. */
export interface Event {
  readonly caller: string
  readonly tool: string
  /** The idempotency key of a paid request. */
  readonly key?: string
  /** The task that was asked about. */
  readonly about?: string
  /** Nothing when the connection broke, or the client gave up. */
  readonly answer?: Answer
}

export interface Client {
  readonly events: ReadonlyArray<Event>
  /** Keys of paid requests, with their handles once they are acknowledged. */
  readonly keys: ReadonlyMap<string, string | undefined>
  /** Makes one request, drawn at random: a new paid one, a paid one again, or a read. Errors are part of the history. */
  act(): Promise<void>
  /** Repeats the paid requests that were never acknowledged, once each; returns how many are left. */
  settle(): Promise<number>
  /** Paid requests that were never acknowledged, with their last answers. */
  unsettled(): ReadonlyArray<string>
  /** Waits for each task to end. */
  finish(): Promise<void>
}

/** Longer than a server takes that is well, whatever happens around it. */
const timeoutMillis = 20_000

/** A caller that repeats what failed under the same key, as a careful agent does. */
export const makeClient = (caller: string, key: string, url: () => string, seed: number): Client => {
  const random = seededRandom(seed)
  const events: Array<Event> = []
  const keys = new Map<string, string | undefined>()
  const pick = <A>(items: ReadonlyArray<A>): A | undefined => items[Math.floor(random() * items.length)]

  const ask = async (tool: string, args: Readonly<Record<string, unknown>>, facts: Partial<Event> = {}) => {
    const signal = AbortSignal.timeout(timeoutMillis)
    const answer = await callTool(url(), key, tool, args, { signal }).catch(() => undefined)
    events.push({ caller, tool, ...facts, ...(answer === undefined ? {} : { answer }) })
    return answer
  }
  const pay = async (name: string) => {
    keys.set(name, keys.get(name))
    const answer = await ask("generate_image", { prompt: `picture ${name}`, idempotency_key: name }, { key: name })
    const handle = /Task ID: (kk-\w+-\w+)/.exec(answer?.text ?? "")?.[1]
    if (handle !== undefined) keys.set(name, handle)
  }
  const read = (tool: string, about: string, more = {}) => ask(tool, { task_id: about, ...more }, { about })
  const unsettled = () => [...keys].filter(([, handle]) => handle === undefined).map(([name]) => name)

  return {
    events,
    keys,
    act: async () => {
      const drawn = random()
      const again = pick(unsettled()) ?? pick([...keys.keys()])
      const about = pick([...keys.values()].filter((handle) => handle !== undefined))
      if (drawn < 0.35 || again === undefined) return pay(`${caller} ${keys.size}`)
      if (drawn < 0.5 || about === undefined) return pay(again)
      if (drawn < 0.7) return void (await read("wait_for_task", about, { timeout_seconds: 2 }))
      if (drawn < 0.8) return void (await read("download_task", about))
      return void (await read("check_image_status", about))
    },
    settle: async () => {
      for (const name of unsettled()) await pay(name)
      return unsettled().length
    },
    unsettled: () =>
      unsettled().map((name) => {
        const last = events.findLast((event) => event.key === name)
        return `${name} was never acknowledged; last: ${last?.answer?.text ?? "no answer"}`
      }),
    finish: async () => {
      const handles = [...keys.values()].filter((handle) => handle !== undefined)
      for (let at = 0; at < handles.length; at += 20) {
        await ask("wait_for_task", { task_ids: handles.slice(at, at + 20), timeout_seconds: 15 })
      }
    }
  }
}
