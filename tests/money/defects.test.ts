import { describe, expect, it } from "vitest"
import { klingkit } from "../cli/testing/built-klingkit.ts"
import { withBrokenReads } from "./broken-reads.ts"
import { asking, creating } from "./faces.ts"
import { lieOf, worldOf } from "./world.ts"

/** Each test starts several programs. */
const timeout = 180_000

const commands = (faces: Readonly<Record<string, unknown>>) =>
  Object.keys(faces).filter((name) => /^(create|batch|pipeline|task) ?/.test(name))

describe("a command in which something breaks after its request was accepted", () => {
  it.each(commands(creating))(
    "denies nothing of it, and names it: %s",
    async (name) => {
      await using world = await worldOf({ speed: 0.001, faults: {} })
      const said = await creating[name]?.({ ...withBrokenReads(world.home), timeout: "120s" })
      const kling = await world.ledger()
      expect(kling.tasks).toHaveLength(1)
      expect(said?.all).toContain("bug in klingkit")
      expect(lieOf(said?.charged, kling, said?.all ?? "")).toBeUndefined()
      expect([said?.charged, said?.exitCode]).toEqual(["maybe", 1])
      expect(said?.all).toMatch(/kk-(t2v|chain)-\w{26}/)
    },
    timeout
  )

  it.each(commands(asking))(
    "denies nothing of a task that was made before, and names it: %s",
    async (name) => {
      await using world = await worldOf({ speed: 0.001, faults: {} })
      const { env, folder } = world.home
      const { stderr } = await klingkit(["video", "create", "a boat"], { env, cwd: folder }).ended
      const handle = /Handle: (kk-t2v-\w{26})/.exec(stderr)?.[1] ?? ""
      const said = await asking[name]?.(handle, { ...withBrokenReads(world.home), timeout: "120s" })
      expect(said?.all).toContain("bug in klingkit")
      expect(lieOf(said?.charged, await world.ledger(), said?.all ?? "")).toBeUndefined()
      expect([said?.charged, said?.all]).toEqual(["maybe", expect.stringContaining(handle)])
    },
    timeout
  )
})
