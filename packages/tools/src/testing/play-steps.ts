import type { KlingWorld } from "@klingkit/emulator"
import { Effect, Record } from "effect"
import { call, passTime } from "./emulated.ts"

/** A step of a plan, as quote_cost takes it. */
export interface Step {
  readonly id: string
  readonly tool: string
  readonly arguments: Readonly<Record<string, unknown>>
}

interface PaidStep extends Step {
  /** What the paid call has answered, and what its task has become. */
  readonly paid: Readonly<Record<string, unknown>>
  readonly finished: Readonly<Record<string, unknown>>
}

/** Makes the calls of a plan in order, each when the one before has finished, with task ids in place of the ids of steps. */
export const playSteps = Effect.fnUntraced(function* (world: KlingWorld, steps: ReadonlyArray<Step>) {
  const made = new Map<string, string>()
  return yield* Effect.forEach(steps, (step) =>
    Effect.gen(function* () {
      const valueOf = (value: unknown): unknown => {
        if (Array.isArray(value)) return value.map(valueOf)
        const [, id = "", part = ""] = /^([^#@]*)(.*)$/s.exec(String(value)) ?? []
        const task = made.get(id)
        return task === undefined ? value : `${task}${part}`
      }
      const { structured: paid } = yield* call(step.tool, Record.map(step.arguments, valueOf))
      const task_id = String(paid["task_id"])
      made.set(step.id, task_id)
      yield* passTime(world)
      const { structured: finished } = yield* call("check_video_status", { task_id })
      return { ...step, paid, finished } satisfies PaidStep
    })
  )
})
