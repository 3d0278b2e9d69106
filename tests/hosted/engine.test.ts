import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { callTool, handleIn } from "./calls.ts"
import { type Replica, startReplicas } from "./replicas.ts"

let world: Awaited<ReturnType<typeof startReplicas>>
// Without a public address Kling does not call back: what ends was asked for.
beforeAll(async () => {
  world = await startReplicas({ env: { KLINGKIT_PUBLIC_URL: "" } })
}, 90_000)
afterAll(() => world.close())

const submitTo = async ({ url }: Replica, prompt: string) =>
  handleIn(await callTool(url, world.keyOf("anna"), "generate_video", { prompt }))
const stateOf = async (handle: string) => (await world.rows()).find((row) => row.handle === handle)?.state

describe("a job that no caller waits for", () => {
  it("ends in the ledger, whichever servers are left", async () => {
    const [first, second] = world.replicas as [Replica, Replica]
    const handle = await submitTo(first, "a lighthouse")
    await world.kling.finishTasks()
    await expect.poll(() => stateOf(handle)).toBe("SUCCEEDED")
    const later = await submitTo(second, "a harbour")
    for (const { program } of [first, second]) {
      program.child.kill("SIGKILL")
      await program.ended
    }
    await world.kling.finishTasks()
    await expect.poll(() => stateOf(later)).toBe("SUCCEEDED")
  })
})
