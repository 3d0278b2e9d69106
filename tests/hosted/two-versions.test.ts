import { expect, it } from "vitest"
import { callTool, handleIn } from "./calls.ts"
import { type Replica, startReplicas } from "./replicas.ts"

it("servers that run while one of a later release migrates the ledger work on; one of theirs that starts then pays nothing", async () => {
  const world = await startReplicas({ count: 2 })
  try {
    const call = ({ url }: Pick<Replica, "url">, name: string, args: Readonly<Record<string, unknown>>) =>
      callTool(url, world.keyOf("anna"), name, args)
    const [first, second] = world.replicas as [Replica, Replica]
    /** By more calls at once than a server has connections: each of these has run the statements of a paid request. */
    const paid = async (prompt: string) => {
      const calls = Array.from({ length: 24 }, (_, index) =>
        call(index % 2 === 0 ? first : second, "generate_image", { prompt })
      )
      const [handle = "", ...others] = new Set((await Promise.all(calls)).map(handleIn))
      expect(others).toEqual([])
      return handle
    }
    const before = await paid("before")
    await world.migrateFurther()
    const after = await paid("after")
    const waits = [before, after].map((handle, index) =>
      call(index === 0 ? second : first, "wait_for_task", { task_id: handle })
    )
    await world.kling.finishTasks()
    for (const { text } of await Promise.all(waits)) expect(text).toContain("Status: succeed")
    expect((await call(first, "download_task", { task_id: after })).text).toMatch(/Saved[^]*\.png/)
    // The same request is still the same job.
    expect(handleIn(await call(first, "generate_image", { prompt: "after" }))).toBe(after)

    const started = await world.add()
    const refused = await call(started, "generate_image", { prompt: "of an old server" })
    expect(refused).toMatchObject({ status: 503, text: expect.stringContaining("nothing was sent or charged") })
    expect(started.program.stderr).toContain("has version 9999; this klingkit supports versions up to")
    expect((await fetch(`${started.origin}/readyz`)).status).toBe(503)
    const { tasks } = await world.kling.ledger()
    expect(tasks.map(({ externalTaskId }) => externalTaskId).toSorted()).toEqual([before, after].toSorted())
  } finally {
    await world.close()
  }
}, 120_000)
