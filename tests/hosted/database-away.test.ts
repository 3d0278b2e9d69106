import { expect, it, vi } from "vitest"
import { callTool, handleIn } from "./calls.ts"
import { startReplicas } from "./replicas.ts"

it.each(["gone", "silent"] as const)(
  "while the database is %s nothing is paid, callers get a 503, and all is well once it is back",
  async (how) => {
    const world = await startReplicas({ count: 1, callers: ["anna"] })
    const [replica] = world.replicas
    if (replica === undefined) throw new Error("there is no replica")
    const { origin, url, database, program } = replica
    const call = (name: string, args: Readonly<Record<string, unknown>>) =>
      callTool(url, world.keyOf("anna"), name, args)
    const ready = async () => (await fetch(`${origin}/readyz`)).status
    try {
      const handle = handleIn(await call("generate_video", { prompt: "a lighthouse" }))
      const waiting = call("wait_for_task", { task_id: handle, timeout_seconds: 25 })
      // What was asked later has been answered twice: by then the wait knows its task.
      for (const _time of [1, 2]) expect((await call("check_video_status", { task_id: handle })).text).toContain(handle)
      expect(await ready()).toBe(200)
      if (how === "gone") database.refuse()
      else database.freeze()
      const image = { prompt: "a pier", idempotency_key: "order-1" }
      const refused = await Promise.all([
        call("generate_image", image),
        call("check_video_status", { task_id: handle }),
        call("wait_for_task", { task_id: handle, timeout_seconds: 5 })
      ])
      for (const { status, headers, text } of refused) {
        expect([status, headers.get("retry-after")]).toEqual([503, "5"])
        expect(text).toContain("nothing was sent or charged")
        expect(text).not.toContain("PostgreSQL")
      }
      expect(await ready()).toBe(503)
      expect((await fetch(`${origin}/healthz`)).status).toBe(200)
      // A wait that had begun knows its task, and ends in time.
      expect((await waiting).text).toContain(handle)
      database.restore()
      await expect.poll(ready).toBe(200)
      expect((await world.kling.ledger()).tasks).toHaveLength(1)
      const made = await vi.waitUntil(
        async () => {
          const answer = await call("generate_image", image)
          return answer.isError ? undefined : answer
        },
        { timeout: 100_000, interval: 200 }
      )
      expect((await world.kling.ledger()).tasks.map(({ externalTaskId }) => externalTaskId)).toEqual([
        handle,
        handleIn(made)
      ])
      expect(program.child.exitCode).toBeNull()
    } finally {
      await world.close()
    }
  },
  120_000
)
