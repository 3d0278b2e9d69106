import type { AnyOperation } from "@klingkit/core"
import { invalidInput } from "@klingkit/core/internal"
import { type AnyRequest, isPipeline, kebabName, type NameOf } from "@klingkit/core/requests"
import { Jobs, type LedgerError } from "@klingkit/jobs"
import { makePlanner } from "@klingkit/jobs/internal"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { Effect, type FileSystem, type Path } from "effect"
import type { CommandError } from "../output/failure.ts"
import { connection, credentialKind, fileHost, folders } from "../connection.ts"

/** How a command line plans: it may read any file, needs no credential, and connects only to look up a task. */
const planner = Effect.gen(function* () {
  const files = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
  return yield* makePlanner<LedgerError | CommandError>({
    credential: yield* credentialKind,
    config: yield* folders,
    task: (id) =>
      Effect.map(
        Jobs.use((jobs) => jobs.status(id)),
        ({ task }) => task
      ).pipe(Effect.provide(connection), Effect.provideContext(files))
  })
}).pipe(Effect.provide(fileHost))

/** The flag of a request's field; the prompt is an argument. */
export const flagOf: NameOf = (_, field) => (field === "prompt" ? "<prompt>" : `--${kebabName(field)}`)

/** The plan of a request in the words of a command line or of a line of a file. Sends nothing. */
export const planGiven = (request: AnyRequest, given: Readonly<Record<string, unknown>>, nameOf: NameOf = flagOf) =>
  Effect.flatMap(planner, (plan) => plan(request, given, nameOf)).pipe(Effect.provide(ledgerFromConfig))

/** The plan of a named operation; its input may be any value. */
export const planOperationGiven = (operation: AnyOperation, input: unknown) =>
  Effect.flatMap(planner, (plan) => plan(operation, input)).pipe(Effect.provide(ledgerFromConfig))

/** `planGiven` for what must be one task, such as a step of a pipeline. */
export const planOneTask = (...args: Parameters<typeof planGiven>) =>
  Effect.flatMap(planGiven(...args), (plan) => {
    if (!isPipeline(plan) && plan.operation.kind === "create") return Effect.succeed(plan)
    const [{ command }] = args
    const message = `cannot be ${command}: it is not a single task; run klingkit ${command}`
    return Effect.fail(invalidInput([{ field: "kind", message }]))
  })
