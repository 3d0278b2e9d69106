// A program with several requests, each on a ledger of its own: it submits them, or takes them up again. When each of them
// stands at the point where it is to die, the program is killed. It says each point that one reaches, by its number.
import { Effect } from "effect"
import { writeSync } from "node:fs"
import { argv, exit, kill, pid } from "node:process"
import type { Jobs } from "../../jobs.ts"
import { wayTo } from "./kill-points.ts"
import { makeFilm, type Run, runProgram, submitFilm } from "./run-program.ts"

const { does, requests } = JSON.parse(argv[2] ?? "{}") as {
  readonly does: "submit" | "recover" | "film"
  readonly requests: ReadonlyArray<{ readonly run: Run; readonly diesAt?: string }>
}

let standing = 0
let ended = 0
const step = (): void => {
  if (standing === requests.length) kill(pid, "SIGKILL")
  // One that has passed its point spoils the experiment: the program ends by itself, which is seen outside.
  if (standing + ended === requests.length && ended > 0) exit()
}

requests.forEach(({ run, diesAt }, number) => {
  const say = (what: string) => writeSync(1, `${number} ${what}\n`)
  const way = wayTo(diesAt, say, () => {
    standing += 1
    step()
  })
  const deeds = {
    recover: (jobs: Jobs["Service"]) => jobs.recover,
    submit: (jobs: Jobs["Service"]) => Effect.map(submitFilm(jobs), () => void say("success")),
    film: (jobs: Jobs["Service"]) =>
      Effect.map(makeFilm(jobs), (job) => void (job?.task.status === "succeed" && say("success")))
  }
  const work = runProgram(run, way, deeds[does])
  Effect.runFork(
    Effect.ensuring(
      work,
      Effect.sync(() => {
        ended += 1
        step()
      })
    )
  )
})
