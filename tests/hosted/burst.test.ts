import { setTimeout as sleep } from "node:timers/promises"
import { expect, it } from "vitest"
import { type Answer, callTool, handleIn } from "./calls.ts"
import { startReplicas } from "./replicas.ts"

it("a burst of one caller gets 429 with Retry-After beyond its share, loses nothing, and holds up no other", async () => {
  const world = await startReplicas({ count: 1 })
  const [replica] = world.replicas
  const url = replica?.url ?? ""
  const keys = Array.from({ length: 60 }, (_, index) => `order ${index}`)
  const refused: Array<Answer> = []
  const pay = async (key: string): Promise<string> => {
    const answer = await callTool(url, world.keyOf("anna"), "generate_image", { prompt: key, idempotency_key: key })
    if (answer.status !== 429) return handleIn(answer)
    refused.push(answer)
    await sleep(1000 * Number(answer.headers.get("retry-after")))
    return pay(key)
  }
  try {
    await world.kling.setSlots(1000)
    const paying = Promise.all(keys.map(pay))
    await expect.poll(() => refused.length).toBeGreaterThan(0)
    const others = await callTool(url, world.keyOf("ben"), "generate_image", { prompt: "of ben" })
    const handles = await paying
    expect(new Set(refused.map(({ headers }) => headers.get("retry-after")))).toEqual(new Set(["1"]))
    const { tasks } = await world.kling.ledger()
    expect(tasks.map(({ externalTaskId }) => externalTaskId).toSorted()).toEqual(
      [...handles, handleIn(others)].toSorted()
    )
  } finally {
    await world.close()
  }
}, 120_000)
