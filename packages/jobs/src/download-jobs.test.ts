import { describe, expect, it } from "@effect/vitest"
import { planImage } from "@klingkit/core"
import { inVirtualTime } from "@klingkit/media/testing"
import { Effect, Result } from "effect"
import { downloadJobs } from "./download-jobs.ts"
import { Jobs } from "./jobs.ts"
import { savingProgram, type SavingProgram } from "./results/testing/saving-program.ts"
import { startJob } from "./submit/testing/start-job.ts"

/** Images that are made, by prompt. */
const images = Effect.fnUntraced(function* ({ jobs }: SavingProgram, prompts: ReadonlyArray<string>) {
  const made = Effect.forEach(prompts, (prompt) =>
    Effect.gen(function* () {
      const { handle } = yield* startJob(jobs, yield* planImage({ prompt }))
      yield* Effect.sleep("1 minute")
      return handle
    })
  )
  return Result.getOrThrow(yield* inVirtualTime(made))
})

const download = Effect.fnUntraced(function* ({ jobs }: SavingProgram, ids: ReadonlyArray<string>) {
  return Result.getOrThrow(yield* inVirtualTime(Effect.provideService(downloadJobs(ids), Jobs, jobs)))
})

const outcomes = (all: Effect.Success<ReturnType<typeof download>>) =>
  all.map(({ files }) =>
    Result.match(files, {
      onSuccess: (saved) => saved.map(({ isKept = false }) => (isKept ? "kept" : "saved")),
      onFailure: ({ code }) => code
    })
  )

describe("downloading several jobs", () => {
  it.effect("saves each under its own name; what fails, runs or is unknown has its reason beside the others", () =>
    Effect.gen(function* () {
      const program = yield* savingProgram()
      const [first = "", second = "", third = ""] = yield* images(program, ["a", "b", "c"])
      yield* program.download(first)
      yield* program.fs.writeFileString(`${program.outputDir}/${second}.png`, "mine")
      const unknown = "kk-img-00000000000000000000000000"
      const all = yield* download(program, [first, second, unknown, third, third])
      expect(outcomes(all)).toEqual([["kept"], "JOB_FILE_EXISTS", "KLING_TASK_NOT_FOUND", ["saved"]])
      expect(yield* program.media).toEqual([first, second, third].map((handle) => `${handle}.png`).toSorted())
      // Who asks again gets the same.
      expect(outcomes(yield* download(program, [third]))).toEqual([["kept"]])
    })
  )

  it.effect("tells the links by which the files were fetched, in place of those that were dead", () =>
    Effect.gen(function* () {
      const program = yield* savingProgram()
      program.world.state.faults.add([{ fault: "dead-links", count: "always" }])
      const [handle = ""] = yield* images(program, ["a"])
      const urlOf = Effect.map(inVirtualTime(program.jobs.status(handle)), (read) => urlsOf(Result.getOrThrow(read)))
      const dead = yield* urlOf
      program.world.state.faults.clear()
      const [one] = yield* download(program, [handle])
      const fetched = one === undefined ? [] : Result.getOrThrow(one.files).map(({ url }) => url)
      expect(fetched).not.toEqual(dead)
      expect(one === undefined ? [] : urlsOf(Result.getOrThrow(one.result))).toEqual(fetched)
      expect(yield* urlOf).toEqual(fetched)
    })
  )
})

const urlsOf = ({ task }: { readonly task: { readonly outputs: ReadonlyArray<object> } }) =>
  task.outputs.map((output) => ("url" in output ? output.url : undefined))
