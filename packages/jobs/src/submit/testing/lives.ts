import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { env, execPath } from "node:process"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import type { JobRecord } from "../../ledger/job-record.ts"
import { wayTo } from "./kill-points.ts"
import { type Run, runProgram } from "./run-program.ts"

/** What one request of a program came to, as it looked from outside. */
export interface Life {
  /** How its program ended: `SIGKILL`, or `0` by itself. */
  readonly end: string
  /** The points that it reached, in order. */
  readonly points: ReadonlyArray<string>
  /** Its user was told that Kling has the request. */
  readonly saidSuccess: boolean
}

/** A program in a process of its own that submits requests or takes them up again; it is killed when all have come to their points. */
export const live = (
  does: "submit" | "recover" | "film",
  requests: ReadonlyArray<{ readonly run: Run; readonly diesAt?: string }>
): Effect.Effect<ReadonlyArray<Life>> =>
  Effect.promise(async () => {
    const child = spawn(execPath, [program, JSON.stringify({ does, requests })], {
      stdio: ["ignore", "pipe", "inherit"],
      // Many programs start: the compiled code is kept between them.
      env: { ...env, NODE_COMPILE_CACHE: join(tmpdir(), "klingkit-crash-matrix") }
    })
    const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, "close")])
    const lines = said.split("\n")
    return requests.map((_, number) => {
      const own = lines.flatMap((line) => (line.startsWith(`${number} `) ? [line.slice(`${number} `.length)] : []))
      const points = own.filter((line) => line !== "success")
      return { end: String(signal ?? code), points, saidSuccess: points.length < own.length }
    })
  })

const program = fileURLToPath(new URL("./mortal-program.ts", import.meta.url))

/** The last program, which lives: it takes up what was left, looks at each job, and shows what is in the ledger. */
export const settle = (run: Run): Effect.Effect<ReadonlyArray<JobRecord>> =>
  runProgram(
    run,
    wayTo(
      undefined,
      () => {},
      () => {}
    ),
    Effect.fnUntraced(function* (jobs) {
      yield* jobs.recover
      const before = yield* jobs.history()
      yield* Effect.forEach(before.jobs, ({ handle }) => Effect.exit(jobs.status(handle)), { discard: true })
      return (yield* jobs.history()).jobs
    })
  ).pipe(Effect.orDie)
