// A program that submits one request, or takes it up again, and dies at the point that it is told, if any:
// {"run": ..., "does": "submit" | "recover", "diesAt": "POST, head 1"}. It says each point that it reaches.
import { Effect } from "effect"
import { writeSync } from "node:fs"
import { argv, exit, kill, pid } from "node:process"
import { type Run, runProgram, submitFilm } from "./run-program.ts"

const { run, does, diesAt } = JSON.parse(argv[2] ?? "{}") as {
  readonly run: Run
  readonly does: "submit" | "recover"
  readonly diesAt?: string
}

const reached = new Map<string, number>()
const reach = (name: string): void => {
  const times = (reached.get(name) ?? 0) + 1
  reached.set(name, times)
  const point = `${name} ${times}`
  writeSync(1, `${point}\n`)
  if (point === diesAt) kill(pid, "SIGKILL")
}

await Effect.runPromise(
  runProgram(run, reach, (jobs) =>
    does === "recover"
      ? jobs.recover
      : Effect.map(submitFilm(jobs), ({ handle }) => void writeSync(1, `success: ${handle}\n`))
  )
)
exit()
