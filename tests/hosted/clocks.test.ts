import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { freshKling } from "../mcp/emulated-kling.ts"
import { startHttp } from "../mcp/server-process.ts"
import { callTool, handleIn } from "./calls.ts"
import { type Replica, startReplicas } from "./replicas.ts"

/** The environment of a server whose clock is that far ahead, and as much more after each SIGUSR2. */
const ahead = (millis: number) => ({
  NODE_OPTIONS: `--import=${fileURLToPath(new URL("../mcp/corpus/stepping-clock.mjs", import.meta.url))}`,
  CLOCK_AHEAD_MS: String(millis)
})

describe.each([60_000, -3_600_000])("a server whose clock is ahead by %i ms", (millis) => {
  it("takes no request from another that is sending it, nor loses its own; what a dead one has left is finished", async () => {
    const world = await startReplicas({ count: 1, callers: ["anna", "ben"] })
    try {
      await world.kling.injectFault({ fault: "uniqueness-off", count: "always" })
      const [right] = world.replicas as [Replica]
      const wrong = await world.add(ahead(millis))
      const send = ({ url }: Replica, caller: string, prompt: string) =>
        callTool(url, world.keyOf(caller), "generate_video", { prompt })
      const rowOf = async (task: string | undefined) => (await world.rows()).find(({ handle }) => handle === task)
      const sent = async (count: number) => {
        await expect.poll(async () => (await world.kling.ledger()).tasks).toHaveLength(count)
        return (await world.kling.ledger()).tasks.at(-1)?.externalTaskId ?? ""
      }
      // The answer to the first never comes, and its server is gone.
      await world.kling.injectFault({ fault: "commit-then-hang" })
      const dying = await world.add()
      void send(dying, "anna", "left behind").catch(() => undefined)
      const orphan = await sent(1)
      dying.program.child.kill("SIGKILL")
      // Those to the others come late.
      await world.kling.injectFault({ fault: "slow", delayMs: 6000, count: 2 })
      const answers = [right, wrong].map((replica, index) => send(replica, "anna", `slow ${index}`))
      await sent(3)
      wrong.program.child.kill("SIGUSR2")
      await world.endLease(orphan)
      await expect
        .poll(async () => {
          for (const { url } of [right, wrong]) await callTool(url, world.keyOf("ben"), "list_tasks", {})
          return (await rowOf(orphan))?.state
        })
        .toBe("ACCEPTED")
      const made = (await Promise.all(answers)).map(handleIn)
      expect(await Promise.all(made.map(rowOf))).toMatchObject(
        made.map(() => ({ state: "ACCEPTED", lease_fence: 1n, sends: 1n }))
      )
      expect((await world.kling.ledger()).tasks).toHaveLength(3)
    } finally {
      await world.close()
    }
  }, 60_000)

  it("pays by a key pair, also when its clock, or Kling's, is set", async () => {
    const kling = await freshKling()
    const { program, url } = await startHttp({ ...kling.env, ...kling.keyPair, ...ahead(millis) })
    const pay = async (prompt: string) => handleIn(await callTool(url, "", "generate_image", { prompt }))
    try {
      const first = await pay("before")
      program.child.kill("SIGUSR2")
      const second = await pay("after its own")
      await kling.advance(2 * Math.abs(millis / 1000))
      const third = await pay("after Kling's")
      const handles = (await kling.ledger()).tasks.map(({ externalTaskId }) => externalTaskId)
      expect(handles).toEqual([first, second, third])
    } finally {
      program.child.kill("SIGKILL")
      await program.ended
      await kling.close()
    }
  })
})
