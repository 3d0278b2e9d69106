import { runEmulator } from "@klingkit/emulator"
import { afterEach, describe, expect, it } from "vitest"
import { klingkit, temporaryFolder } from "../cli/testing/built-klingkit.ts"
import { type Ending, endings } from "./endings.ts"
import { asking, creating, type Home } from "./faces.ts"

/** Each test starts several programs. */
const timeout = 180_000

const closing: Array<() => Promise<unknown>> = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

const worldOf = async ({ speed, faults }: Pick<Ending, "speed" | "faults">) => {
  const emulator = await runEmulator({ speed, faults, seed: 1 })
  closing.push(() => emulator.close())
  const folder = temporaryFolder()
  const env = { KLINGAI_BASE_URL: emulator.url, KLINGAI_API_KEY: emulator.apiKey, KLINGKIT_HOME: `${folder}/ledger` }
  const home: Home = { env, folder }
  const ledger = async () => {
    const answer = await fetch(`${emulator.url}/_emulator/ledger`)
    return (await answer.json()) as KlingLedger
  }
  return { home, ledger }
}

interface KlingLedger {
  readonly tasks: ReadonlyArray<{ readonly externalTaskId: string }>
  readonly charges: ReadonlyArray<{ readonly units: number }>
}

/** What may be said of a task that Kling has, and of none: only what was charged is reported as charged. */
const allowed = ({ tasks, charges }: KlingLedger): ReadonlyArray<string | undefined> => {
  if (tasks.length === 0) return ["no"]
  return charges.length === 0 ? ["maybe", undefined] : ["yes", "3", undefined]
}

describe.each(endings)("$name", (ending) => {
  it(
    "is said by who made the request as Kling's ledger has it",
    async () => {
      await Promise.all(
        Object.entries(creating).map(async ([name, create]) => {
          const { home, ledger } = await worldOf(ending)
          const said = await create({ ...home, timeout: ending.timeout })
          const kling = await ledger()
          expect([name, said.exitCode, said.all]).toEqual([name, ending.waitExit, said.all])
          expect(allowed(kling), `${name}: ${said.all}`).toContain(said.charged)
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
      const { home, ledger } = await worldOf(ending)
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

describe.each(["SIGINT", "SIGTERM"] as const)("%s while a paid task runs", (signal) => {
  it.each([{ flags: [] }, { flags: ["--json"] }])(
    "is said as Kling's ledger has it: $flags",
    async ({ flags }) => {
      const { home, ledger } = await worldOf({ speed: 0.001, faults: {} })
      const running = klingkit(["video", "create", "a paper boat", "--wait", ...flags], {
        env: home.env,
        cwd: home.folder
      })
      const [, handle = ""] = await running.says("stderr", /Handle: (kk-t2v-\w{26})/)
      while ((await ledger()).tasks.length === 0);
      running.child.kill(signal)
      const { stdout, stderr } = await running.ended
      expect(stderr).toMatch(/^Charged: maybe/m)
      const { error } = JSON.parse(stdout === "" ? `{"error":{"charged":"maybe","handle":"${handle}"}}` : stdout)
      expect(error).toMatchObject({ charged: "maybe", handle })
    },
    timeout
  )
})
