import { Effect, type Scope } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { execPath } from "node:process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import type { NewJob } from "../create-job.ts"

export type Outcome = { readonly handle: string; readonly isNew: boolean } | { readonly code: string }

/** Another process on the same ledger. */
export interface ChildProgram {
  /** Creates all concurrently, and returns when all have settled. */
  createAll(newJobs: ReadonlyArray<NewJob>): Effect.Effect<ReadonlyArray<Outcome>>
  /** SIGKILL: no chance to clean up. */
  readonly kill: Effect.Effect<void>
}

export const startChild = (location: string): Effect.Effect<ChildProgram, never, Scope.Scope> =>
  Effect.gen(function* () {
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => spawn(execPath, [program, location], { stdio: ["pipe", "pipe", "inherit"] })),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const nextLine = Effect.promise(async () => JSON.parse((await lines.next()).value ?? '"ended"') as unknown)
    const opened = yield* nextLine
    if (opened !== "open") return yield* Effect.die(new Error(`the child printed ${JSON.stringify(opened)}`))
    return {
      createAll: (newJobs) =>
        Effect.sync(() => child.stdin.write(`${JSON.stringify(newJobs)}\n`)).pipe(
          Effect.andThen(nextLine),
          Effect.map((outcomes) => outcomes as ReadonlyArray<Outcome>)
        ),
      kill: Effect.promise(async () => {
        child.kill("SIGKILL")
        await once(child, "close")
      })
    }
  })

const program = fileURLToPath(new URL("./child.ts", import.meta.url))
