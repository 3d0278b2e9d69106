import { readdirSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { seededRandom } from "../simulation/seeded-random.ts"
import { contradictions } from "./check-history.ts"
import { makeClient } from "./history.ts"
import { type Replica, startReplicas } from "./replicas.ts"

export interface FaultScript {
  readonly seed: number
  /** Replicas that are killed with SIGKILL, each replaced by a new one. */
  readonly kills: number
  /** After every which kill there is a fault of another kind; after each when absent. */
  readonly killsPerFault?: number
  /** Between two faults, at most. */
  readonly pauseMillis: number
  /** How long a replica is stopped (SIGSTOP), and how long the database is away. */
  readonly outageMillis: number
  readonly print?: (line: string) => void
}

const callers = ["anna", "ben"]

/** What a script has done, and what it has found. */
export interface Report {
  /** What contradicts the promise; nothing if all is well. */
  readonly contradictions: ReadonlyArray<string>
  /** Faults by name. */
  readonly faults: Readonly<Record<string, number>>
  readonly calls: number
  /** Calls that broke off, or that a server refused for the time being. */
  readonly failedCalls: number
  readonly paidTasks: number
  /** The most that the account had at once, of nine slots. */
  readonly mostAtOnce: number
  /** For how long requests that were on their way at a kill stayed so, in seconds, if that is not a moment. */
  readonly takeOvers: ReadonlyArray<number>
}

/** Kills, freezes and cuts off replicas while clients work; then checks what clients, Kling and the ledger say. */
export const runFaults = async ({
  seed,
  kills,
  killsPerFault = 1,
  pauseMillis,
  outageMillis,
  print = () => {}
}: FaultScript): Promise<Report> => {
  const random = seededRandom(seed)
  const world = await startReplicas({ speed: 20, callers })
  // A second task under one id would be refused at Kling, and a mistake of ours hidden.
  await world.kling.injectFault({ fault: "uniqueness-off", count: "always" })
  const live: Array<Replica> = [...world.replicas]
  const anyOf = <A>(items: ReadonlyArray<A>): A => {
    const item = items[Math.floor(random() * items.length)]
    if (item === undefined) throw new Error("there is nothing left to choose from")
    return item
  }
  let turn = 0
  const nextUrl = () => live[turn++ % live.length]?.url ?? world.balancer.origin
  const clients = callers.flatMap((caller) =>
    [0, 1, 2].map((number) => makeClient(caller, world.keyOf(caller), nextUrl, 10 * seed + number))
  )
  const replace = async (replica: Replica) => {
    live.splice(live.indexOf(replica), 1)
    await replica.program.ended
    live.push(await world.add())
    world.balancer.send(...live.map(({ origin }) => origin))
  }
  const takeOvers: Array<number> = []
  const timing: Array<Promise<unknown>> = []
  /** Until every request that is on its way has an outcome. */
  const timeTakeOver = async () => {
    const from = performance.now()
    const inFlight = (await world.rows()).filter(isOnItsWay).map(({ handle }) => handle)
    for (let left = inFlight; left.length > 0 && performance.now() - from < 1000 * settleSeconds; await sleep(200)) {
      const still = new Set((await world.rows()).filter(isOnItsWay).map(({ handle }) => handle))
      const seconds = (performance.now() - from) / 1000
      for (const handle of left) if (!still.has(handle) && seconds > momentSeconds) takeOvers.push(seconds)
      left = left.filter((handle) => still.has(handle))
    }
  }
  const counts: Record<string, number> = {}
  let mostAtOnce = 0
  const kinds: Readonly<Record<string, () => Promise<unknown>>> = {
    stop: async () => {
      const replica = anyOf(live)
      replica.program.child.kill("SIGTERM")
      await replace(replica)
    },
    freeze: async () => {
      const replica = anyOf(live)
      replica.program.child.kill("SIGSTOP")
      await sleep(outageMillis)
      replica.program.child.kill("SIGCONT")
    },
    "sessions cut": () => world.endSessions(),
    "database away": async () => {
      for (const { database } of live) database.refuse()
      await sleep(outageMillis)
      for (const { database } of live) database.restore()
    },
    "database silent for one": async () => {
      const { database } = anyOf(live)
      database.freeze()
      await sleep(outageMillis)
      database.restore()
    },
    "Kling cut": async () => world.toKling.cut(),
    "Kling slow": async () => {
      world.toKling.delay(300)
      await sleep(outageMillis)
      world.toKling.restore()
    }
  }
  const inject = async (name: string, fault: () => Promise<unknown>) => {
    counts[name] = (counts[name] ?? 0) + 1
    await fault()
    await sleep(random() * pauseMillis)
  }
  try {
    const over = new AbortController()
    const working = clients.map(async (client) => {
      while (!over.signal.aborted) {
        await client.act()
        // Each caller may call ten times a second.
        await sleep(400)
      }
    })
    const watching = (async () => {
      while (!over.signal.aborted) {
        const { tasks } = await world.kling.ledger()
        mostAtOnce = Math.max(mostAtOnce, tasks.filter(({ status }) => !/^succe|^fail/.test(status)).length)
        await sleep(100)
      }
    })()
    for (let killed = 0; killed < kills; killed++) {
      await inject("kill -9", async () => {
        const replica = anyOf(live)
        replica.program.child.kill("SIGKILL")
        timing.push(timeTakeOver())
        await replace(replica)
      })
      const [name, fault] = anyOf(Object.entries(kinds))
      if (killed % killsPerFault === 0) await inject(name, fault)
      if (killed % 10 === 9) print(`${killed + 1} kills`)
    }
    over.abort()
    await Promise.all([...working, watching])
    print("no more faults")
    // What was never acknowledged is asked for again; leases of the dead end meanwhile.
    const isSettled = await within(settleSeconds, async () => {
      const left = await Promise.all(clients.map((client) => client.settle()))
      return left.every((count) => count === 0)
    })
    await Promise.all(timing)
    for (const client of clients) await client.finish()
    const hasEnded = await within(settleSeconds, async () => !(await world.rows()).some(isOpen))
    const events = clients.flatMap((client) => [...client.events])
    const { tasks, charges } = await world.kling.ledger()
    const files = readdirSync(world.kling.outputDir, { recursive: true, withFileTypes: true })
    return {
      contradictions: [
        ...(isSettled ? [] : clients.flatMap((client) => client.unsettled())),
        ...(hasEnded ? [] : (await world.rows()).filter(isOpen).map(({ handle, state }) => `${handle} stays ${state}`)),
        ...contradictions({
          events,
          tasks,
          charges,
          rows: await world.rows(),
          files: files.filter((entry) => entry.isFile()).map(({ name }) => name)
        })
      ],
      faults: counts,
      calls: events.length,
      failedCalls: events.filter(({ answer }) => answer === undefined || answer.isError).length,
      paidTasks: tasks.length,
      mostAtOnce,
      takeOvers
    }
  } finally {
    await world.close()
  }
}

/** Leases end within half a minute, and a lookup takes up to 95 s. */
const settleSeconds = 180
const within = async (seconds: number, isDone: () => Promise<boolean>): Promise<boolean> => {
  const until = performance.now() + 1000 * seconds
  while (!(await isDone())) {
    if (performance.now() > until) return false
    await sleep(1000)
  }
  return true
}

const isOpen = ({ state }: { readonly state: string }): boolean => !/^(SUCCEEDED|FETCHED|FAILED|REFUSED)$/.test(state)
const isOnItsWay = ({ state }: { readonly state: string }): boolean => /^(INTENT|SENDING|IN_DOUBT)$/.test(state)
/** A request that nothing has happened to is accepted by then. */
const momentSeconds = 3
