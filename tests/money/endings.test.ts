import { describe, expect, it } from "vitest"
import { klingkit } from "../cli/testing/built-klingkit.ts"
import { endings } from "./endings.ts"
import { asking, creating } from "./faces.ts"
import { type KlingLedger, worldOf } from "./world.ts"

/** Each test starts several programs. */
const timeout = 180_000

/** What may be said of a task that Kling has, and of none: only what was charged is reported as charged. */
const allowed = ({ tasks, charges }: KlingLedger): ReadonlyArray<string | undefined> => {
  if (tasks.length === 0) return ["no"]
  return charges.length === 0 ? ["maybe", undefined] : ["yes", "3", undefined]
}

/** Lines and steps have exit codes and handles of their own. */
const isOfSeveral = (name: string): boolean => name.startsWith("batch") || name.startsWith("pipeline")

describe.each(endings)("$name", (ending) => {
  it(
    "is said by who made the request as Kling's ledger has it",
    async () => {
      await Promise.all(
        Object.entries(creating).map(async ([name, create]) => {
          await using world = await worldOf(ending)
          const { home, ledger } = world
          const said = await create({ ...home, timeout: ending.timeout })
          const kling = await ledger()
          const exits = isOfSeveral(name) ? said.exitCode : ending.waitExit
          expect([name, said.exitCode, said.all]).toEqual([name, exits, said.all])
          expect(allowed(kling), `${name}: ${said.all}`).toContain(said.charged)
          if (isOfSeveral(name)) return
          const handles = kling.tasks.map(({ externalTaskId }) => externalTaskId)
          expect([name, handles.length === 0 ? [] : [said.handle]]).toEqual([name, handles])
          expect([name, said.charged === undefined]).toEqual([name, false])
        })
      )
    },
    timeout
  )

  it(
    "is said by who asks later as Kling's ledger has it",
    async () => {
      await using world = await worldOf(ending)
      const { home, ledger } = world
      const { stderr } = await klingkit(["video", "create", "a paper boat"], { env: home.env, cwd: home.folder }).ended
      const handle = /Handle: (kk-t2v-\w{26})/.exec(stderr)?.[1] ?? ""
      await Promise.all(
        Object.entries(asking).map(async ([name, ask]) => {
          const said = await ask(handle, { ...home, timeout: ending.timeout })
          expect(allowed(await ledger()), `${name}: ${said.all}`).toContain(said.charged)
          const exits = name.startsWith("task wait") ? ending.waitExit : said.exitCode
          expect([name, said.handle, said.exitCode]).toEqual([name, handle, exits])
        })
      )
    },
    timeout
  )
})
