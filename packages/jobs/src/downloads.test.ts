import { describe, expect, it } from "@effect/vitest"
import { planImage } from "@klingkit/core"
import { inVirtualTime } from "@klingkit/media/testing"
import { Effect, Option, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { readsOf } from "./polling/testing/programs.ts"
import { savingProgram, type SavingProgram } from "./results/testing/saving-program.ts"
import { startJob } from "./submit/testing/start-job.ts"

/** Four images that are made. */
const fourImages = Effect.fnUntraced(function* ({ jobs }: SavingProgram) {
  const made = Effect.gen(function* () {
    const { handle } = yield* startJob(jobs, yield* planImage({ prompt: "a cat", n: 4 }))
    return Option.getOrThrow(yield* Stream.runLast(jobs.follow(handle)))
  })
  return Result.getOrThrow(yield* inVirtualTime(made))
})

const four = (handle: string) => [1, 2, 3, 4].map((index) => `${handle}-${index}.png`)

describe("a download", () => {
  it.effect("can be repeated: what is there is the answer, the rest is fetched, and another's file is in the way", () =>
    Effect.gen(function* () {
      const program = yield* savingProgram()
      const { fs, outputDir, media, fetches, download } = program
      const { handle } = yield* fourImages(program)
      const first = Result.getOrThrow(yield* download(handle))
      expect(yield* media).toEqual(four(handle))
      expect(Result.getOrThrow(yield* download(handle))).toEqual(first.map((file) => ({ ...file, isKept: true })))
      expect(fetches()).toBe(4)
      yield* fs.remove(`${outputDir}/${handle}-3.png`)
      const kept = Result.getOrThrow(yield* download(handle)).map(({ isKept = false }) => isKept)
      expect([kept, fetches()]).toEqual([[true, true, false, true], 5])
      yield* fs.writeFileString(`${outputDir}/${handle}-2.png`, "mine")
      const refused = yield* download(handle)
      expect(Result.isFailure(refused) && refused.failure).toMatchObject({
        code: "JOB_FILE_EXISTS",
        wasCharged: "yes"
      })
      expect(yield* fs.readFileString(`${outputDir}/${handle}-2.png`)).toBe("mine")
    })
  )

  it.effect("that has ended in the middle continues with the files that are missing", () =>
    Effect.gen(function* () {
      const program = yield* savingProgram({ fault: "html-download", nth: 3 })
      const { ledger, media, fetches, download } = program
      const { handle } = yield* fourImages(program)
      expect(Result.isFailure(yield* download(handle))).toBe(true)
      expect(yield* ledger.get(handle)).toMatchObject({ state: "SUCCEEDED", files: { length: 2 } })
      const saved = Result.getOrThrow(yield* download(handle))
      expect(saved.map(({ isKept = false }) => isKept)).toEqual([true, true, false, false])
      expect([yield* media, fetches()]).toEqual([four(handle), 5])
      expect(yield* ledger.get(handle)).toMatchObject({ state: "FETCHED", files: { length: 4 } })
    })
  )

  it.effect("asks Kling once for fresh links where those it has are dead", () =>
    Effect.gen(function* () {
      const program = yield* savingProgram()
      const { world, media, download } = program
      world.state.faults.add([{ fault: "dead-links", count: "always" }])
      const { handle } = yield* fourImages(program)
      const before = readsOf(world).length
      const dead = yield* download(handle)
      expect(Result.isFailure(dead) && dead.failure).toMatchObject({ code: "JOB_FETCH_FAILED", wasCharged: "yes" })
      expect(readsOf(world).filter((read) => !read.includes("/files/"))).toHaveLength(before + 1)
      world.state.faults.clear()
      Result.getOrThrow(yield* download(handle))
      expect(yield* media).toEqual(four(handle))
    })
  )

  it.effect("of a success that shows no results says that it is paid, and where to look later", () =>
    Effect.gen(function* () {
      const program = yield* savingProgram({ fault: "early-success", count: "always" })
      const { handle, task } = yield* fourImages(program)
      expect([task.status, task.outputs]).toEqual(["succeed", []])
      const empty = yield* program.download(handle)
      expect(Result.isFailure(empty) && empty.failure).toMatchObject({
        code: "JOB_RESULTS_NOT_SHOWN",
        wasCharged: "yes",
        isRetryable: true,
        next: { _tag: "Download", handle }
      })
    })
  )

  it.effect("of one image of four names it as one of four, and later adds the others", () =>
    Effect.gen(function* () {
      const program = yield* savingProgram({ fault: "partial-results", count: "always" })
      const { handle } = yield* fourImages(program)
      Result.getOrThrow(yield* program.download(handle))
      expect(yield* program.media).toEqual([`${handle}-1.png`])
      program.world.state.faults.clear()
      yield* TestClock.adjust("10 minutes")
      const saved = Result.getOrThrow(yield* program.download(handle))
      expect(saved.map(({ isKept = false }) => isKept)).toEqual([true, false, false, false])
      expect(yield* program.media).toEqual(four(handle))
    })
  )
})
