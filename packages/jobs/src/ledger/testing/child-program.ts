import { Effect, type Scope } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { execPath } from "node:process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import type { Intent } from "../begin-job.ts"

type Outcome = { readonly handle: string; readonly isNew: boolean } | { readonly code: string }

/** Another process at work on the same ledger. */
export interface ChildProgram {
  /** Begins all at once, and answers when all have been answered. */
  begin(intents: ReadonlyArray<Intent>): Effect.Effect<ReadonlyArray<Outcome>>
  /** SIGKILL: no chance to tidy up. */
  readonly kill: Effect.Effect<void>
}

export const startChild = (place: string): Effect.Effect<ChildProgram, never, Scope.Scope> =>
  Effect.gen(function* () {
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => spawn(execPath, [program, place], { stdio: ["pipe", "pipe", "inherit"] })),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const answer = Effect.promise(async () => JSON.parse((await lines.next()).value ?? '"ended"') as unknown)
    const opened = yield* answer
    if (opened !== "open") return yield* Effect.die(new Error(`the child said ${JSON.stringify(opened)}`))
    return {
      begin: (intents) =>
        Effect.sync(() => child.stdin.write(`${JSON.stringify(intents)}\n`)).pipe(
          Effect.andThen(answer),
          Effect.map((outcomes) => outcomes as ReadonlyArray<Outcome>)
        ),
      kill: Effect.promise(async () => {
        child.kill("SIGKILL")
        await once(child, "close")
      })
    }
  })

const program = fileURLToPath(new URL("./child.ts", import.meta.url))
