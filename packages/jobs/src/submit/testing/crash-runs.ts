import type { FindableByExternalId } from "@klingkit/core"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { env, execPath } from "node:process"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import type { JobRecord } from "../../ledger/job-record.ts"
import { Jobs } from "../../jobs.ts"
import { makeCrashPoints } from "./crash-points.ts"
import { recover, type Run, runProgram } from "./run-program.ts"

/** What happened to one request of a program, as seen from outside. */
export interface CrashRun {
  /** How the program ended: `SIGKILL`, or `0` if it exited. */
  readonly end: string
  /** The crash points that the request passed, in order. */
  readonly points: ReadonlyArray<string>
  /** The program reported success to its user. */
  readonly reportedSuccess: boolean
}

/** What a program does with its requests. */
export type Command = "submit" | "recover" | "pipeline"

/** Runs a command in a process of its own, which is killed once every request is at its crash point. */
export const runCrashing = (
  command: Command,
  requests: ReadonlyArray<{ readonly run: Run; readonly crashAt?: string }>,
  findable: FindableByExternalId = "proven"
): Effect.Effect<ReadonlyArray<CrashRun>> =>
  Effect.promise(async () => {
    const child = spawn(execPath, [program, JSON.stringify({ command, findable, requests })], {
      stdio: ["ignore", "pipe", "inherit"],
      // Many programs start: the compiled code is shared between them.
      env: { ...env, NODE_COMPILE_CACHE: join(tmpdir(), "klingkit-crash-matrix") }
    })
    const [stdout, [code, signal]] = await Promise.all([text(child.stdout), once(child, "close")])
    const lines = stdout.split("\n")
    return requests.map((_, number) => {
      const own = lines.flatMap((line) => (line.startsWith(`${number} `) ? [line.slice(`${number} `.length)] : []))
      const points = own.filter((line) => line !== "success")
      return { end: String(signal ?? code), points, reportedSuccess: points.length < own.length }
    })
  })

const program = fileURLToPath(new URL("./crashable-program.ts", import.meta.url))

/** A last program, which does not crash: recovers orphaned jobs, polls each job, and returns the records. */
export const recoverAndRead = (run: Run): Effect.Effect<ReadonlyArray<JobRecord>> =>
  runProgram(
    run,
    makeCrashPoints(),
    Effect.gen(function* () {
      yield* recover
      const jobs = yield* Jobs
      const before = yield* jobs.history()
      yield* Effect.forEach(before.jobs, ({ handle }) => Effect.exit(jobs.status(handle)), { discard: true })
      return (yield* jobs.history()).jobs
    })
  ).pipe(Effect.orDie)
