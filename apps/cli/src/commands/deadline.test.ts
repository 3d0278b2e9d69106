import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { readdirSync, writeFileSync } from "node:fs"
import { emulatedKling } from "../testing/emulator.ts"
import { klingkit } from "../testing/run-klingkit.ts"

/** The second download is slower than every timeout here. */
const slowFiles = { faults: { faults: [{ fault: "slow-download", bytesPerSecond: 300, nth: 2 } as const] } }

const downloads = (requests: ReadonlyArray<unknown>) =>
  (requests as ReadonlyArray<{ readonly operation: string; readonly status: number }>).flatMap(
    ({ operation, status }) => (operation === "files" ? [status] : [])
  )

describe("a timeout during the transfer of results", () => {
  it.live("ends the command: exit code 8, charged, and a command that continues", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling(slowFiles)
      const target = `${kling.home}/a paper boat.png`
      const create = ["image", "create", "a paper boat", "--json"]
      const made = JSON.parse((yield* klingkit([...create, "--wait"], kling)).stdout)
      // The first request renders the file.
      yield* Effect.promise(async () => (await fetch(made.outputs[0].url)).arrayBuffer())
      const { exitCode, stdout } = yield* klingkit([...create, "--output", target, "--timeout", "6s"], kling)
      const { error, task } = JSON.parse(stdout)
      expect(exitCode).toBe(8)
      expect(error).toMatchObject({
        code: "JOB_FETCH_TIMED_OUT",
        charged: "yes",
        handle: expect.stringMatching(/^kk-/),
        suggestion: `continue with: klingkit task download ${error.handle} --output '${target}'`
      })
      expect(task).toMatchObject({ handle: error.handle, status: "succeed" })
      expect(readdirSync(kling.home).filter((name) => name.endsWith(".part"))).toHaveLength(1)

      const next = yield* klingkit(["task", "download", error.handle, "--output", target, "--json"], kling)
      expect([next.exitCode, JSON.parse(next.stdout).files]).toMatchObject([0, [{ path: target }]])
      expect(downloads(yield* kling.requests)).toEqual([200, 200, 206])
      expect(readdirSync(kling.home).filter((name) => name.includes(".part"))).toEqual([])
      expect(yield* kling.charges).toHaveLength(1)
    })
  )

  it.live("ends task download, and the transfer of a batch line and of a pipeline", () =>
    Effect.gen(function* () {
      const faults = [{ fault: "slow-download", bytesPerSecond: 300, count: "always" } as const]
      const kling = yield* emulatedKling({ faults: { faults } })
      const { handle } = JSON.parse((yield* klingkit(["image", "create", "a fox", "--wait", "--json"], kling)).stdout)
      const fetched = yield* klingkit(["task", "download", handle, "--timeout", "2s", "--json"], kling)
      expect([fetched.exitCode, JSON.parse(fetched.stdout).error]).toMatchObject([
        8,
        { code: "JOB_FETCH_TIMED_OUT", charged: "yes", suggestion: `continue with: klingkit task download ${handle}` }
      ])

      const lines = `${kling.home}/lines.csv`
      writeFileSync(lines, "id,kind,prompt\nfox,image,a red fox\n")
      const output = ["--output", `${kling.home}/out`, "--timeout", "6s", "--json"]
      const batch = yield* klingkit(["batch", lines, ...output], kling)
      expect([batch.exitCode, JSON.parse(batch.stdout)]).toMatchObject([
        8,
        [{ id: "fox", status: "succeed", error: { code: "JOB_FETCH_TIMED_OUT", charged: "yes" } }]
      ])
      expect(batch.stderr).toContain("1 not fetched in time")

      const steps = `${kling.home}/steps.yaml`
      writeFileSync(steps, "name: boats\nsteps:\n  - { id: one, kind: image, prompt: a boat }\n")
      const pipeline = yield* klingkit(["pipeline", "run", steps, ...output], kling)
      expect([pipeline.exitCode, JSON.parse(pipeline.stdout).error]).toMatchObject([
        8,
        {
          code: "JOB_FETCH_TIMED_OUT",
          charged: "yes",
          suggestion: expect.stringContaining(`--output ${kling.home}/out`)
        }
      ])
    })
  )
})

describe("the timeout of a batch", () => {
  it.live("is that of the whole file: what has not started then is not sent", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling({ speed: 0.001 })
      const lines = `${kling.home}/lines.csv`
      writeFileSync(lines, "id,kind,prompt\nfox,image,a red fox\nboat,image,a boat\n")
      const flags = ["--wait", "--parallel", "1", "--timeout", "2s", "--json"]
      const { exitCode, stdout } = yield* klingkit(["batch", lines, ...flags], kling)
      expect([exitCode, JSON.parse(stdout)]).toMatchObject([
        8,
        [
          { id: "fox", handle: expect.stringMatching(/^kk-/) },
          { id: "boat", status: "queued" }
        ]
      ])
      expect(JSON.parse(stdout)[1]).not.toHaveProperty("handle")
      const sent = (yield* kling.requests) as ReadonlyArray<{ readonly method: string }>
      expect(sent.filter(({ method }) => method === "POST")).toHaveLength(1)
    })
  )
})

describe("the timeout of a synchronous call", () => {
  it.live("ends the command, with the handle of what may be charged", () =>
    Effect.gen(function* () {
      const faults = [{ fault: "slow", delayMs: 3000 } as const]
      const kling = yield* emulatedKling({ faults: { faults } })
      const speak = ["audio", "speech", "Hello there", "--json"]
      const { exitCode, stdout } = yield* klingkit([...speak, "--timeout", "1s"], kling)
      const { error } = JSON.parse(stdout)
      expect([exitCode, error]).toMatchObject([8, { code: "CLI_STILL_RUNNING", charged: "maybe" }])
      expect(error.suggestion).toContain(`klingkit task get ${error.handle}`)
      // Its answer came while the program ended.
      expect((yield* klingkit(speak, kling)).exitCode).toBe(0)
      expect(yield* kling.charges).toHaveLength(1)
    })
  )
})
