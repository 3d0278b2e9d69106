import { describe, expect, it } from "vitest"
import { withBrokenReads } from "./broken-reads.ts"
import { endings } from "./endings.ts"
import { closed, type Server, servers } from "./servers.ts"
import { lieOf, type World, worldOf } from "./world.ts"

/** Each test starts several programs. */
const timeout = 180_000

const wordIn = (text: string): string | undefined => {
  const word = /^Charged: (no|maybe|yes|\d)/m.exec(text)?.[1]
  return word !== undefined && /\d/.test(word) ? "yes" : word
}
const handleIn = (text: string): string => /kk-t2v-\w{26}/.exec(text)?.[0] ?? ""

/** Each reads or fetches a task that was made before. */
const asking = [
  ["check_video_status", {}],
  ["wait_for_task", { timeout_seconds: 1 }],
  ["download_task", {}]
] as const

/** What the tools say of a task that is wrong, compared with Kling. */
const liesOf = async (server: Server, world: World, task_id: string): Promise<ReadonlyArray<string>> => {
  const lies: Array<string | undefined> = []
  for (const [tool, args] of asking) {
    const text = await server.call(tool, { task_id, ...args })
    lies.push(/^(Error|Task ID|Saved)/.test(text) ? undefined : `${tool} answered: ${text}`)
    lies.push(lieOf(wordIn(text), await world.ledger(), `${tool}: ${text}`))
  }
  return lies.filter((lie) => lie !== undefined)
}

const envOf = ({ home }: World) => ({ HOME: home.folder, ...home.env })

describe.each(Object.entries(servers))("a server over %s", (_wire, open) => {
  it.each(endings)(
    "says what Kling's ledger has: $name",
    async (ending) => {
      await using world = await worldOf(ending)
      const server = await open(envOf(world))
      const made = await server.call("generate_video", { prompt: "a paper boat" })
      expect(lieOf(wordIn(made), await world.ledger(), made)).toBeUndefined()
      const handles = (await world.ledger()).tasks.map(({ externalTaskId }) => externalTaskId)
      expect(handles.length === 0 ? [] : [handleIn(made)]).toEqual(handles)
      for (const handle of handles) expect(await liesOf(server, world, handle)).toEqual([])
      await closed(server)
    },
    timeout
  )

  /** How a server or its client may end while a request is sent. */
  const ends: ReadonlyArray<readonly [string, (server: Server, cancel: AbortController) => void]> = [
    ["its client is gone", (server) => server.leave()],
    ["the call is cancelled", (_, cancel) => cancel.abort("given up")],
    ["SIGTERM", ({ program }) => program.child.kill("SIGTERM")],
    ["SIGINT", ({ program }) => program.child.kill("SIGINT")],
    ["SIGKILL", ({ program }) => program.child.kill("SIGKILL")]
  ]
  it.each(ends)(
    "that ends during a request leaves a job of which the next one denies nothing: %s",
    async (_how, end) => {
      const slow = { fault: "slow", on: "new.t2v.*", delayMs: 700 } as const
      await using world = await worldOf({ speed: 0.001, faults: { faults: [slow] } })
      const server = await open(envOf(world))
      const cancel = new AbortController()
      const call = server.call("generate_video", { prompt: "a paper boat" }, cancel.signal)
      const said = call.catch(() => "")
      await world.hasTasks(1)
      end(server, cancel)
      server.program.child.once("close", () => cancel.abort("closed"))
      const next = await open(envOf(world))
      const kling = await world.ledger()
      expect(kling.tasks).toHaveLength(1)
      expect(await liesOf(next, world, kling.tasks[0]?.externalTaskId ?? "")).toEqual([])
      const again = await next.call("generate_video", { prompt: "a paper boat" })
      expect(lieOf(wordIn(again), await world.ledger(), again)).toBeUndefined()
      expect((await world.ledger()).tasks).toHaveLength(1)
      await Promise.all([closed(server), closed(next)])
      const text = await Promise.race([said, Promise.resolve("")])
      expect(lieOf(wordIn(text), kling, text)).toBeUndefined()
    },
    timeout
  )

  it(
    "denies nothing of a task when something breaks inside it",
    async () => {
      await using world = await worldOf({ speed: 0.001, faults: {} })
      const server = await open({ ...envOf(world), ...withBrokenReads(world.home).env })
      const made = await server.call("generate_video", { prompt: "a paper boat" })
      expect(handleIn(made)).not.toBe("")
      const text = await server.call("check_video_status", { task_id: handleIn(made) })
      expect(text).toContain("Code: KLINGKIT_DEFECT")
      expect(lieOf(wordIn(text), await world.ledger(), text)).toBeUndefined()
      await closed(server)
    },
    timeout
  )
})
