import { expect, it } from "@effect/vitest"
import { planVideo } from "@klingkit/core"
import { Effect, Option, Result, Stream } from "effect"
import { Jobs } from "../jobs.ts"
import { injectFault, makeHome, program, run } from "../pipelines/testing/programs.ts"
import { startJob } from "../submit/testing/start-job.ts"

const submit = (prompt: string) =>
  Effect.flatMap(Jobs, (jobs) => Effect.flatMap(planVideo({ prompt }, "api-key"), (plan) => startJob(jobs, plan)))

it.effect("a request that crashes each process that sends it is given up after two, and holds up no other", () =>
  Effect.gen(function* () {
    const home = yield* makeHome
    const start = () => program(home, { crashOn: "poison" })
    yield* injectFault(home, { fault: "never-ends" })
    yield* injectFault(home, { fault: "commit-then-hang", nth: 2 })
    const crash = Effect.gen(function* () {
      yield* submit("runs for long")
      yield* Effect.forkChild(submit("lost answer"))
      yield* Effect.sleep("1 second")
      yield* submit("poison")
    })
    expect(yield* run(crash, start())).toEqual(Result.succeed(Option.none()))
    const [running] = (yield* home.ledger.list({ search: "runs for long" })).jobs
    const serve = Effect.fnUntraced(function* (caller: string) {
      const jobs = yield* Jobs
      yield* Effect.forkChild(Stream.runDrain(jobs.follow(running?.handle ?? "")))
      yield* Effect.sleep("1 minute")
      return (yield* submit(`asked by ${caller}`)).task.status
    })
    // The process that sends it again, and those after it.
    expect(yield* run(serve("second"), start())).toEqual(Result.succeed(Option.none()))
    for (const caller of ["third", "fourth"]) {
      expect(yield* run(serve(caller), start())).toEqual(Result.succeed(Option.some("submitted")))
    }
    const { jobs } = yield* home.ledger.list()
    const sent = jobs.map(({ prompt, state, sends }) => [prompt, state === "UNKNOWN" ? "unknown" : "made", sends])
    expect(sent.toReversed()).toEqual([
      ["runs for long", "made", 1],
      ["lost answer", "made", 1],
      ["poison", "unknown", 2],
      ["asked by third", "made", 1],
      ["asked by fourth", "made", 1]
    ])
    expect(home.world.state.tasks.size).toBe(4)
  })
)
