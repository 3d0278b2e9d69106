import { describe, expect, it } from "@effect/vitest"
import { Effect, Result, Stream } from "effect"
import { klingCodes } from "../errors/codes.ts"
import type { KlingError } from "../errors/kling-error.ts"
import { findOperation } from "../operations/catalog.ts"
import { derivedReads } from "../operations/derived-reads.ts"
import { textToVideo30 } from "../operations/text-to-video.ts"
import type { SynchronousOperation } from "../operation.ts"
import { fakeKling, klingOver } from "../testing/fake-kling.ts"
import type { FakeTask } from "../testing/fake-tasks.ts"
import { ambiguousAnswers, code, deceptiveAnswers } from "../testing/scripted-answers.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { Kling } from "./kling.ts"

const handle = "kk-t2v-0123456789abcdefghjkmnpqrs"
const task: FakeTask = { taskId: "77", externalId: handle, path: textToVideo30.path, createdAt: 0 }

/** Each answer but success, and 1203, with which Kling says that there is no such task. */
const answers = {
  ...ambiguousAnswers,
  ...deceptiveAnswers,
  ...Object.fromEntries(
    klingCodes.flatMap((one) => (one.code === 0 || one.code === 1203 ? [] : [[`code ${one.code}`, code(one.code)]]))
  ),
  "an unknown code": code(4711)
}

const legacyGet = derivedReads.find(({ id }) => id === "legacy.text2video.get")

const called = (kling: Kling["Service"], operation: unknown, input: Readonly<Record<string, unknown>>) =>
  kling.call(operation as SynchronousOperation, input)

/** Each way to read tasks by their ids. */
const reads: Readonly<Record<string, (kling: Kling["Service"]) => Effect.Effect<unknown, KlingError>>> = {
  "task, by its handle": (kling) => kling.task(handle),
  "task, by Kling's id": (kling) => kling.task("77"),
  follow: (kling) => Stream.runDrain(kling.follow(handle)),
  tasksById: (kling) => kling.tasksById([handle, "78"]),
  "a call of the read of both generations": (kling) =>
    called(kling, findOperation("new.tasks.get"), { externalTaskIds: handle }),
  "a call of a legacy read": (kling) => called(kling, legacyGet, { taskId: handle })
}

describe.each(Object.entries(reads))("a read of a task that exists, by %s", (_name, read) => {
  it.effect.each(Object.entries(answers))("that fails with %s does not say that it was not charged", ([, answer]) =>
    Effect.gen(function* () {
      const fake = fakeKling({ tasks: [task], answer: () => answer })
      const limited = Kling.use((kling) => Effect.timeoutOption(read(kling), "50 minutes"))
      const { result } = yield* inVirtualTime(limited).pipe(Effect.provide(klingOver(fake)))
      // Some answers are retried for ever, or are an empty list of tasks.
      if (Result.isSuccess(result)) return
      const { reason, wasCharged } = result.failure
      expect(wasCharged).toBe(reason._tag === "TaskNotFound" ? "no" : "maybe")
    })
  )
})

describe("a read of other things", () => {
  it.effect("is free, and says so when it fails", () =>
    Effect.gen(function* () {
      const fake = fakeKling({ answer: () => code(1102) })
      const failures = yield* Kling.use((kling) =>
        Effect.all([
          Effect.flip(Stream.runDrain(kling.tasks())),
          Effect.flip(called(kling, findOperation("account.costs"), { startTime: 0, endTime: 1 })),
          Effect.flip(called(kling, findOperation("new.tasks.get"), { taskIds: "1", externalTaskIds: "2" }))
        ])
      ).pipe(Effect.provide(klingOver(fake)))
      expect(failures.map(({ wasCharged }) => wasCharged)).toEqual(["no", "no", "no"])
    })
  )
})
