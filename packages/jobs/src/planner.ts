import {
  type AnyOperation,
  type CredentialKind,
  isFinished,
  type KlingError,
  type Plan,
  planOperation,
  type Task
} from "@klingkit/core"
import { invalidInput } from "@klingkit/core/internal"
import {
  type AnyRequest,
  type NameOf,
  type PipelinePlan,
  type PlanContext,
  planRequest,
  storeOperation,
  storeRequest
} from "@klingkit/core/requests"
import { FileHost, type MediaConfig } from "@klingkit/media"
import { inlineSeconds } from "@klingkit/media/internal"
import { Context, Effect, FileSystem, Path, Predicate } from "effect"
import type { JobsConfig } from "./config.ts"
import type { JobError } from "./job-error.ts"
import { LedgerSource } from "./ledger/ledger-source.ts"
import { mediaOrigins } from "./media-origins.ts"
import { readMediaInput, readOperationMedia } from "./media-inputs.ts"
import { refineQuote } from "./refine-quote.ts"

/** Plans what can be asked for: its media read and measured, its limits checked, its price refined. Sends nothing. */
export interface Planner<E> {
  /** A request, with its input in the caller's words; `nameOf` says how errors name its fields. */
  (request: AnyRequest, given: unknown, nameOf: NameOf): Effect.Effect<Plan | PipelinePlan, KlingError | JobError | E>
  /** One operation of Kling's API, with an input in its own words, which may be any value. */
  (operation: AnyOperation, input: unknown): Effect.Effect<Plan, KlingError | JobError>
}

interface PlannerOptions<E> {
  readonly credential: CredentialKind
  readonly config: MediaConfig & Pick<JobsConfig, "principal">
  /** Looks up a task that a request refers to. */
  readonly task: (id: string) => Effect.Effect<Task, KlingError | E>
}

/** A planner also plans without a credential, and without a ledger if no task is referred to. */
export const makePlanner = Effect.fnUntraced(function* <E>({
  credential,
  config,
  task
}: PlannerOptions<E>): Effect.fn.Return<
  Planner<E>,
  never,
  FileHost | FileSystem.FileSystem | Path.Path | LedgerSource
> {
  const services = Context.pick(
    FileHost,
    FileSystem.FileSystem,
    Path.Path,
    LedgerSource
  )(yield* Effect.context<FileHost | FileSystem.FileSystem | Path.Path | LedgerSource>())

  const context: PlanContext<JobError | E> = {
    credential,
    image: (field, source) => Effect.provideContext(readMediaInput(field, "image", source, config), services),
    media: (operation, input) => Effect.provideContext(readOperationMedia(operation, input, config), services),
    video: (field, source) => findVideo(field, source, task),
    seconds: (media) => (isUrl(media) ? Effect.succeed(undefined) : inlineSeconds(media)),
    refineQuote: (plan) => Effect.provideContext(refineQuote(plan, config.principal), services)
  }

  const planOne = Effect.fnUntraced(function* (operation: AnyOperation, input: unknown) {
    if (!Predicate.isObject(input) || Array.isArray(input)) return yield* planOperation(operation, input)
    const { watch, originOf } = mediaOrigins()
    const read = yield* watch(context).media(operation, { ...input })
    const plan = yield* context.refineQuote(yield* planOperation(operation, read))
    return { ...plan, request: storeOperation(operation, { ...input }, originOf) } satisfies Plan
  })

  /** The request, whose plan also says what the ledger is to keep of it. */
  const stored = (request: AnyRequest): AnyRequest => ({
    ...request,
    plan: (input, around) =>
      Effect.gen(function* () {
        const { watch, originOf } = mediaOrigins()
        const plan = yield* request.plan(input, watch(around))
        return { ...plan, request: storeRequest(request, input, plan, originOf) }
      })
  })

  function plan(
    request: AnyRequest,
    given: unknown,
    nameOf: NameOf
  ): Effect.Effect<Plan | PipelinePlan, KlingError | JobError | E>
  function plan(operation: AnyOperation, input: unknown): Effect.Effect<Plan, KlingError | JobError>
  function plan(what: AnyRequest | AnyOperation, given: unknown, nameOf: NameOf = (_, field) => field) {
    return "params" in what ? planOne(what, given) : planRequest(stored(what), given, nameOf, context)
  }
  return plan
})

/** The video that a request refers to: a URL as it is, or what a finished task has made. */
const findVideo = Effect.fnUntraced(function* <E>(field: string, source: string, task: PlannerOptions<E>["task"]) {
  const given = source.trim()
  if (isUrl(given)) return { url: given }
  if (isPath(given)) return yield* wrong(field, "must be a URL or a task's id: Kling takes no video as a file")
  const { status, outputs } = yield* Effect.filterOrElse(task(given), isFinished, ({ status }) =>
    wrong(field, `is still ${status}; wait until it has finished`)
  )
  const videos = outputs.filter((output) => output.type === "video")
  const video = videos.find(({ id }) => id === given) ?? videos[0]
  return video ?? (yield* wrong(field, status === "failed" ? "failed and made no video" : "made no video"))
})

const isUrl = (source: string): boolean => /^(https?|data):/i.test(source)
const isPath = (source: string): boolean => /[\\/]|^[~.]|\.\w{2,4}$/.test(source)

const wrong = (field: string, message: string) => Effect.fail(invalidInput([{ field, message }]))
