import { type AnyOperation, Kling, type Plan } from "@klingkit/core"
import { baseUrlFromConfig, invalidInput, isLocalUrl } from "@klingkit/core/internal"
import { type AnyRequest, isPipeline, kebabName, type NameOf } from "@klingkit/core/requests"
import { Jobs, type LedgerError } from "@klingkit/jobs"
import { makePlanner } from "@klingkit/jobs/internal"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { nodeFileHostBehindProxies } from "@klingkit/jobs/node"
import { Effect, type FileSystem, Layer, type Path } from "effect"
import type { CommandError } from "../output/failure.ts"
import { connection, credentialKind, fileHost, folders } from "../connection.ts"

/** An emulator's results are on this machine. */
const klingIsLocal = baseUrlFromConfig.pipe(
  Effect.map(isLocalUrl),
  Effect.orElseSucceed(() => false)
)

/** How a command line plans: it may read any file, needs no credential, and connects only to look up a task. */
const planner = Effect.gen(function* () {
  const files = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
  const connected = <A, E>(lookUp: Effect.Effect<A, E, Jobs | Kling>) =>
    lookUp.pipe(Effect.provide(connection), Effect.provideContext(files))
  return yield* makePlanner<LedgerError | CommandError>({
    credential: yield* credentialKind,
    config: { ...(yield* folders), klingIsLocal: yield* klingIsLocal },
    job: (id) => connected(Jobs.use((jobs) => jobs.status(id))),
    task: (id) => connected(Kling.use((kling) => kling.task(id)))
  })
}).pipe(Effect.provide(fileHost))

/** Where results that inputs refer to are looked up and read. */
const inputs = Layer.merge(ledgerFromConfig, nodeFileHostBehindProxies)

/** The flag of a request's field; the prompt is an argument. */
export const flagOf: NameOf = (_, field) => (field === "prompt" ? "<prompt>" : `--${kebabName(field)}`)

/** The plan of a request in the words of a command line or of a line of a file. Sends nothing. */
export const planGiven = Effect.fnUntraced(function* (
  request: AnyRequest,
  given: Readonly<Record<string, unknown>>,
  nameOf: NameOf = flagOf
) {
  const files = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
  const planning = Effect.flatMap(planner, (plan) => plan(request, given, nameOf))
  const planned = yield* Effect.provide(planning, inputs)
  if (isPipeline(planned)) return planned
  // What it was planned with is closed by the time someone asks how it costs less.
  const cheaper = Effect.flatMap(planning, (again) =>
    isPipeline(again) || again.cheaper === undefined ? Effect.succeed([]) : again.cheaper
  ).pipe(
    Effect.orElseSucceed(() => []),
    Effect.provide(inputs),
    Effect.provideContext(files)
  )
  return { ...planned, cheaper } satisfies Plan
})

/** The plan of a named operation; its input may be any value. */
export const planOperationGiven = (operation: AnyOperation, input: unknown) =>
  Effect.flatMap(planner, (plan) => plan(operation, input)).pipe(Effect.provide(inputs))

/** `planGiven` for what must be one task, such as a step of a pipeline. */
export const planOneTask = (...args: Parameters<typeof planGiven>) =>
  Effect.flatMap(planGiven(...args), (plan) => {
    if (!isPipeline(plan) && plan.operation.kind === "create") return Effect.succeed(plan)
    const [{ command }] = args
    const message = `cannot be ${command}: it is not a single task; run klingkit ${command}`
    return Effect.fail(invalidInput([{ field: "kind", message }]))
  })
