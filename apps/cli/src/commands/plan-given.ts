import { invalidInput } from "@klingkit/core/internal"
import { type AnyRequest, isPipeline, kebabName, type NameOf, planRequest } from "@klingkit/core/requests"
import {
  type JobError,
  Jobs,
  type LedgerError,
  planContextOf,
  readMediaInput,
  readOperationMedia,
  refineQuote
} from "@klingkit/jobs"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { Effect, type FileSystem, type Path } from "effect"
import type { CommandError } from "../output/failure.ts"
import { connection, credentialKind, folders } from "../connection.ts"

/** Where a command line plans: it may read any file, needs no credential, and connects only to look up a task. */
export const planContext = Effect.gen(function* () {
  const config = yield* folders
  const files = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
  return planContextOf<JobError | LedgerError | CommandError>({
    credential: yield* credentialKind,
    image: (field, source) => Effect.provideContext(readMediaInput(field, "image", source, config), files),
    media: (operation, input) => Effect.provideContext(readOperationMedia(operation, input, config), files),
    task: (id) =>
      Effect.map(
        Jobs.use((jobs) => jobs.status(id)),
        ({ task }) => task
      ).pipe(Effect.provide(connection), Effect.provideContext(files)),
    refineQuote: (plan) => Effect.provide(refineQuote(plan), ledgerFromConfig)
  })
})

/** The flag of a request's field; the prompt is an argument. */
export const flagOf: NameOf = (_, field) => (field === "prompt" ? "<prompt>" : `--${kebabName(field)}`)

/** The plan of a request in the words of a command line or of a line of a file. Sends nothing. */
export const planGiven = (request: AnyRequest, given: Readonly<Record<string, unknown>>, nameOf: NameOf = flagOf) =>
  Effect.flatMap(planContext, (context) => planRequest(request, given, nameOf, context))

/** `planGiven` for what must be one task, such as a step of a pipeline. */
export const planOneTask = (...args: Parameters<typeof planGiven>) =>
  Effect.flatMap(planGiven(...args), (plan) => {
    if (!isPipeline(plan) && plan.operation.kind === "create") return Effect.succeed(plan)
    const [{ command }] = args
    const message = `cannot be ${command}: it is not a single task; run klingkit ${command}`
    return Effect.fail(invalidInput([{ field: "kind", message }]))
  })
