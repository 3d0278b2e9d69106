import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { klingkit } from "../cli/testing/built-klingkit.ts"
import type { Home } from "./faces.ts"
import { lieOf, worldOf } from "./world.ts"

/** Each test starts several programs. */
const timeout = 180_000

interface Command {
  readonly name: string
  readonly args: (home: Home) => ReadonlyArray<string>
  /** How many tasks it makes at once. */
  readonly tasks: number
  /** It waits for them. */
  readonly waits: boolean
}

const fileOf = ({ folder }: Home, content: object): string => {
  writeFileSync(join(folder, "file.json"), JSON.stringify(content))
  return "file.json"
}

const lines = ["a fox", "a boat", "a kite"].map((prompt) => ({ id: prompt.slice(2), prompt }))
const steps = [
  { id: "one", prompt: "a fox" },
  { id: "two", prompt: "it runs", from: "one" }
]

const commands: ReadonlyArray<Command> = [
  { name: "create", args: () => ["video", "create", "a paper boat"], tasks: 1, waits: false },
  { name: "create --wait", args: () => ["video", "create", "a paper boat", "--wait"], tasks: 1, waits: true },
  {
    name: "create --variants 2 --wait",
    args: () => ["video", "create", "a boat", "--variants", "2", "--wait"],
    tasks: 2,
    waits: true
  },
  { name: "batch --wait", args: (home) => ["batch", fileOf(home, lines), "--wait"], tasks: 3, waits: true },
  { name: "batch", args: (home) => ["batch", fileOf(home, lines)], tasks: 3, waits: false },
  {
    name: "pipeline run",
    args: (home) => ["pipeline", "run", fileOf(home, { name: "film", steps })],
    tasks: 1,
    waits: true
  }
]

interface Reported {
  readonly charged: string
  readonly handle?: string
  readonly tasks?: ReadonlyArray<{ readonly id: string; readonly handle: string; readonly charged: string }>
}

const moments = [
  {
    moment: "while the answers to its requests are outstanding",
    faults: { faults: [{ fault: "slow", delayMs: 1500, count: "always" }] },
    interruptible: commands
  },
  { moment: "after its tasks were accepted", faults: {}, interruptible: commands.filter(({ waits }) => waits) }
] as const

describe.each(moments)("a signal $moment", ({ faults, interruptible }) => {
  it.each(
    interruptible.flatMap((command) => (["SIGINT", "SIGTERM"] as const).map((signal) => ({ ...command, signal })))
  )(
    "reports what the ledger has of each job: $name, $signal",
    async ({ args, tasks, signal }) => {
      for (const flags of [[], ["--json"]]) {
        await using world = await worldOf({ speed: 0.001, faults })
        const { env, folder } = world.home
        const program = klingkit([...args(world.home), ...flags], { env, cwd: folder })
        await world.hasTasks(tasks)
        program.child.kill(signal)
        const { exitCode, stdout, stderr } = await program.ended
        expect([exitCode, stderr]).toEqual([130, stderr])
        const kling = await world.ledger()
        const handles = kling.tasks.map(({ externalTaskId }) => externalTaskId)
        expect(lieOf(/^Charged: (\w+)/m.exec(stderr)?.[1] ?? "nothing", kling, stderr)).toBeUndefined()
        expect(stderr, "the most that it can cost").toMatch(/^Charged: maybe, at most \$\d/m)
        // The handle of a pipeline finds its steps.
        const named = /kk-chain-\w+/.test(stderr) ? [] : handles
        for (const handle of named) expect(stderr).toContain(handle)
        if (flags.length === 0) continue
        const { error } = JSON.parse(stdout) as { readonly error: Reported }
        expect(lieOf(error.charged, kling, stdout)).toBeUndefined()
        for (const task of error.tasks ?? []) expect(task).toMatchObject({ charged: "maybe", next: { _tag: "Wait" } })
        const reported = error.tasks?.map(({ handle }) => handle) ?? [error.handle]
        const expected = named.length === 0 ? [/kk-chain-\w+/.exec(stderr)?.[0]] : named
        expect(new Set(reported)).toEqual(new Set(expected))
      }
    },
    timeout
  )
})

describe("a signal while a paid task is read or fetched", () => {
  it.each(["get", "wait", "download"])(
    "denies nothing of it: task %s",
    async (command) => {
      await using world = await worldOf({
        speed: 0.001,
        faults: { faults: [{ fault: "slow", on: "new.tasks.get", delayMs: 60_000, count: "always" }] }
      })
      const { env, folder } = world.home
      const { stderr: made } = await klingkit(["video", "create", "a boat"], { env, cwd: folder }).ended
      const handle = /Handle: (kk-t2v-\w{26})/.exec(made)?.[1] ?? ""
      for (const elsewhere of [{}, { KLINGKIT_HOME: join(folder, "another") }]) {
        const before = await world.requests("/tasks")
        const program = klingkit(["task", command, handle], { env: { ...env, ...elsewhere }, cwd: folder })
        await world.hasRequests("/tasks", before + 1)
        program.child.kill("SIGINT")
        const { exitCode, stderr } = await program.ended
        expect([exitCode, stderr]).toEqual([130, expect.stringMatching(/^Charged: maybe/m)])
        expect(stderr).toContain(handle)
      }
    },
    timeout
  )

  it(
    "says what it cost while its file is downloaded",
    async () => {
      await using world = await worldOf({
        speed: 1e6,
        faults: { faults: [{ fault: "slow-download", bytesPerSecond: 100, count: "always" }] }
      })
      const { env, folder } = world.home
      const program = klingkit(["video", "create", "a boat", "--output", "boat.mp4"], { env, cwd: folder })
      await world.hasRequests("/files/", 1)
      program.child.kill("SIGINT")
      const { exitCode, stderr } = await program.ended
      const kling = await world.ledger()
      expect([exitCode, stderr]).toEqual([130, expect.stringMatching(/^Charged: yes, \$0.42$/m)])
      expect(lieOf("yes", kling, stderr)).toBeUndefined()
      for (const { externalTaskId } of kling.tasks) expect(stderr).toContain(externalTaskId)
    },
    timeout
  )
})
