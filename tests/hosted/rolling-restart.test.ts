import { expect, it } from "vitest"
import { type Answer, callTool, handleIn } from "./calls.ts"
import { startReplicas } from "./replicas.ts"

it("replicas that are replaced one after the other fail no call: waits end with the handle, submits count once", async () => {
  const world = await startReplicas({ env: { KLINGKIT_DRAIN_SECONDS: "3" } })
  try {
    const url = `${world.balancer.origin}/mcp`
    const call = (name: string, args: Readonly<Record<string, unknown>>) =>
      callTool(url, world.keyOf("anna"), name, args)
    await world.kling.injectFault({ fault: "never-ends", on: "new.t2v.*" })
    const handle = handleIn(await call("generate_video", { prompt: "a lighthouse" }))
    const submitted: Array<Answer> = []
    const other: Array<Answer> = []
    let waitsEnded = 0
    const over = new AbortController()
    const until = async (work: (turn: number) => Promise<void>) => {
      for (let turn = 0; !over.signal.aborted; turn++) await work(turn)
    }
    const clients = [
      // Slots for images are nine; the oldest end when the clock is advanced.
      until(async (turn) => {
        submitted.push(await call("generate_image", { prompt: `image ${turn}`, idempotency_key: `key ${turn}` }))
        await world.kling.advance(60)
      }),
      until(async () => void other.push(await call("list_tasks", {}))),
      ...[1, 2, 3].map(() =>
        until(async () => {
          const answer = await call("wait_for_task", { task_id: handle, timeout_seconds: 8 })
          expect(answer.text).toContain(handle)
          if (answer.text.includes("call wait_for_task again")) waitsEnded++
          other.push(answer)
        })
      )
    ]
    for (const old of world.replicas) {
      const before = submitted.length
      await expect.poll(() => submitted.length).toBeGreaterThan(before + 1)
      world.balancer.add((await world.add()).origin)
      old.program.child.kill("SIGTERM")
      await expect.poll(() => world.balancer.check()).not.toContain(old.origin)
      expect((await old.program.ended).code).toBe(0)
    }
    over.abort()
    await Promise.all(clients)
    expect([...submitted, ...other].filter(({ status, isError }) => status !== 200 || isError)).toEqual([])
    expect(waitsEnded).toBeGreaterThan(0)
    const { tasks } = await world.kling.ledger()
    const images = tasks.map(({ externalTaskId }) => externalTaskId).filter((id) => id !== handle)
    expect(images.toSorted()).toEqual(submitted.map(handleIn).toSorted())
  } finally {
    await world.close()
  }
}, 120_000)
