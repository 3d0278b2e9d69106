import { expect, it } from "vitest"
import { idIn, startWithCallers } from "./account-callers.ts"

it("an account that is disconnected, and gets another key, finishes its jobs with that, and no more with the one before", async () => {
  const { hosted, call, kling, made, own, signedIn } = await startWithCallers({}, { speed: 1 })
  try {
    const anna = await signedIn("anna")
    await anna.send("connect", { api_key: own.apiKey })
    await own.setSlots(1)
    const running = idIn(await call("anna", "generate_image", { prompt: "running" }))
    const queued = await call("anna", "generate_image", { prompt: "queued" })
    expect(queued).toContain("It is queued, position 1")
    const stateOf = (task: string) => kling.rows().find(({ handle }) => handle === task)?.["state"]

    await anna.send("disconnect", {})
    own.sentWith.length = 0
    for (const handle of [running, idIn(queued)]) {
      expect(await call("anna", "check_image_status", { task_id: handle })).toContain("Status: submitted")
    }
    const next = await own.rotateKey()
    await own.finishTasks()
    expect((await anna.send("connect", { api_key: next, same_account: "yes" })).status).toBe(303)
    // A call about one of them is enough for both.
    expect(await call("anna", "check_image_status", { task_id: running })).toContain("Status: succeed")
    await expect.poll(() => stateOf(idIn(queued))).toBe("ACCEPTED")
    await own.finishTasks()
    expect(await call("anna", "download_task", { task_id: idIn(queued) })).toContain("Saved 1 file")
    expect(new Set(own.sentWith)).toEqual(new Set([next]))
    expect(await made()).toEqual([0, 2])
    expect((await own.ledger()).charges).toHaveLength(2)
  } finally {
    await hosted.close()
  }
}, 60_000)
