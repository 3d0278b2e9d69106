import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { DatabaseSync } from "node:sqlite"
import { emulatedKling } from "../../testing/emulator.ts"
import { klingkit } from "../../testing/run-klingkit.ts"

interface Created {
  readonly handle: string
  readonly taskId: string
}

/** Two videos of Kling 4.0 whose answers seem to have been lost a minute ago. */
const twoInDoubt = Effect.gen(function* () {
  const kling = yield* emulatedKling()
  const create = (prompt: string) =>
    Effect.map(
      klingkit(["video", "create", prompt, "--model", "kling-4.0", "--json"], kling),
      ({ stdout }): Created => {
        const { handle, taskId } = JSON.parse(stdout)
        return { handle, taskId }
      }
    )
  const videos = [yield* create("one"), yield* create("two")] as const
  const ledger = new DatabaseSync(`${kling.home}/ledger/ledger.db`)
  ledger.exec("UPDATE klingkit_jobs SET state = 'UNKNOWN', task_id = NULL, sent_at = sent_at - 60000")
  ledger.close()
  return { kling, videos }
})

describe("klingkit task resolve", () => {
  it.live("settles what Kling's list cannot: task get shows the candidates, the user chooses", () =>
    Effect.gen(function* () {
      const { kling, videos } = yield* twoInDoubt
      const [first, second] = videos
      const asked = yield* klingkit(["task", "get", first.handle, "--json"], kling)
      const { error } = JSON.parse(asked.stdout)
      expect([asked.exitCode, error]).toMatchObject([1, { charged: "maybe", next: { _tag: "ChooseTask" } }])
      const candidates = error.next.candidates.map(({ taskId }: Created) => taskId)
      expect(candidates.toSorted()).toEqual(videos.map(({ taskId }) => taskId).toSorted())
      expect(error.suggestion).toContain(`klingkit task resolve ${first.handle} --task-id TASK_ID`)
      const chosen = yield* klingkit(["task", "resolve", first.handle, "--task-id", first.taskId, "--json"], kling)
      expect([chosen.exitCode, JSON.parse(chosen.stdout)]).toMatchObject([0, { ...first, status: "succeed" }])
      // Only one task is left for the other.
      const other = yield* klingkit(["task", "get", second.handle, "--json"], kling)
      expect([other.exitCode, JSON.parse(other.stdout)]).toMatchObject([0, { ...second, status: "succeed" }])
      expect(yield* kling.charges).toHaveLength(2)
    })
  )

  it.live("releases a request that made no task; a choice is needed, and only one", () =>
    Effect.gen(function* () {
      const { kling, videos } = yield* twoInDoubt
      const [{ handle, taskId }] = videos
      for (const flags of [[], ["--task-id", taskId, "--not-made"]]) {
        expect((yield* klingkit(["task", "resolve", handle, ...flags], kling)).exitCode).toBe(2)
      }
      const released = yield* klingkit(["task", "resolve", handle, "--not-made", "--json"], kling)
      expect([released.exitCode, JSON.parse(released.stdout)]).toMatchObject([0, { handle, status: "failed" }])
      const again = yield* klingkit(["task", "resolve", handle, "--not-made", "--json"], kling)
      expect([again.exitCode, JSON.parse(again.stdout)]).toMatchObject([
        1,
        { error: { code: "LEDGER_STATE_CONFLICT" } }
      ])
    })
  )
})
