// A program with several requests, each on a ledger of its own: it submits or recovers them. When each of them is at its
// crash point, the program is killed. It prints each point that a request passes, after the number of the request.
import type { FindableByExternalId } from "@klingkit/core"
import { Effect } from "effect"
import { writeSync } from "node:fs"
import { argv, exit, kill, pid } from "node:process"
import { makeCrashPoints } from "./crash-points.ts"
import type { Command } from "./crash-runs.ts"
import { recover, type Run, runProgram, runSamplePipeline, submitSample } from "./run-program.ts"

const {
  command,
  findable = "proven",
  requests
} = JSON.parse(argv[2] ?? "{}") as {
  readonly command: Command
  readonly findable?: FindableByExternalId
  readonly requests: ReadonlyArray<{ readonly run: Run; readonly crashAt?: string }>
}

let crashed = 0
let ended = 0
const killIfAllCrashed = (): void => {
  if (crashed === requests.length) kill(pid, "SIGKILL")
  // A request that never gets to its crash point invalidates the experiment: the program exits, which is visible outside.
  if (crashed + ended === requests.length && ended > 0) exit()
}

requests.forEach(({ run, crashAt }, number) => {
  const print = (line: string) => writeSync(1, `${number} ${line}\n`)
  const points = makeCrashPoints(crashAt, print, () => {
    crashed += 1
    killIfAllCrashed()
  })
  const commands = {
    recover,
    submit: Effect.map(submitSample(findable), () => void print("success")),
    pipeline: Effect.map(runSamplePipeline, (job) => void (job?.task.status === "succeed" && print("success")))
  }
  const work = runProgram(run, points, commands[command])
  Effect.runFork(
    Effect.ensuring(
      work,
      Effect.sync(() => {
        ended += 1
        killIfAllCrashed()
      })
    )
  )
})
