import {
  type AnyOperation,
  type CredentialKind,
  type KlingError,
  type Plan,
  planOperation,
  type Task
} from "@klingkit/core"
import {
  type AnyRequest,
  cheaperSettings,
  isPipeline,
  type NameOf,
  type FoundVideo,
  type PipelinePlan,
  type PlanContext,
  planRequest,
  storeOperation,
  storeRequest
} from "@klingkit/core/requests"
import { FileHost, type MediaConfig } from "@klingkit/media"
import { Context, Effect, FileSystem, Path, Predicate } from "effect"
import type { JobsConfig } from "./config.ts"
import type { Job } from "./job.ts"
import type { JobError } from "./job-error.ts"
import { LedgerSource } from "./ledger/ledger-source.ts"
import { resultStoreOf } from "./caller-folder.ts"
import { mediaOrigins } from "./media-origins.ts"
import { planMedia } from "./references/plan-media.ts"
import { PlannedResults } from "./references/planned-results.ts"
import type { Uploads } from "./uploads.ts"
import { refineQuote } from "./refine-quote.ts"

/** Plans what can be asked for: its media read and measured, its limits checked, its price refined. Sends nothing. */
export interface Planner<E> {
  /** A request, with its input in the caller's words; `nameOf` says how errors name its fields. */
  (request: AnyRequest, given: unknown, nameOf: NameOf): Effect.Effect<Plan | PipelinePlan, KlingError | JobError | E>
  /** One operation of Kling's API, with an input in its own words, which may be any value. */
  (operation: AnyOperation, input: unknown): Effect.Effect<Plan, KlingError | JobError | E>
}

interface PlannerOptions<E> {
  readonly credential: CredentialKind
  readonly config: MediaConfig & Pick<JobsConfig, "principal">
  /** What the principal has uploaded; absent where it gives files of this machine. */
  readonly uploads?: Uploads<E> | undefined
  /** Looks up a task that a request refers to, by any id of it or of its results. */
  readonly job: (id: string) => Effect.Effect<Job, KlingError | E>
  /** Reads a task by its own id. */
  readonly task: (id: string) => Effect.Effect<Task, KlingError | E>
}

type Needs = FileHost | FileSystem.FileSystem | Path.Path | LedgerSource

/** A planner also plans without a credential, and without a ledger if no task is referred to. */
export const makePlanner = Effect.fnUntraced(function* <E>({
  credential,
  config,
  job,
  task,
  uploads
}: PlannerOptions<E>): Effect.fn.Return<Planner<E>, never, Needs> {
  const services = Context.pick(
    FileHost,
    FileSystem.FileSystem,
    Path.Path,
    LedgerSource
  )(yield* Effect.context<Needs>())
  const { referenceOf } = yield* resultStoreOf(config.principal)
  const provided = <A, E2>(effect: Effect.Effect<A, E2, Needs>) => Effect.provideContext(effect, services)

  /** What one plan reads with: what it refers to, and where its media come from, is noted. */
  const reading = Effect.gen(function* () {
    const planned = yield* PlannedResults
    const media = planMedia({ find: job, readTask: task, config, planned, referenceOf, uploads })
    const { watch, originOf } = mediaOrigins(media.nameOf)
    const context: PlanContext<JobError | E> = readOnce(
      watch({
        credential,
        image: (field, source) => provided(media.image(field, source)),
        media: (operation, input) => provided(media.operation(operation, input)),
        video: (field, source) => provided(media.video(field, source)),
        seconds: media.seconds,
        imageSize: (image) => provided(media.imageSize(image)),
        refineQuote: (plan) => provided(refineQuote(plan, config.principal, media.secondsOf))
      })
    )
    return { context, originOf, complete: media.complete }
  })

  const planAny = Effect.fnUntraced(function* (request: AnyRequest, given: unknown, nameOf: NameOf) {
    const { context, originOf, complete } = yield* reading
    // The ledger keeps what was given, in the words of the declaration.
    const stored: AnyRequest = {
      ...request,
      plan: (input, around) =>
        Effect.map(request.plan(input, around), (plan) => ({
          ...plan,
          request: storeRequest(request, input, plan, originOf),
          ...(isPipeline(plan) ? {} : { cheaper: Effect.suspend(() => cheaperSettings(request, input, plan, around)) })
        }))
    }
    return complete(yield* planRequest(stored, given, nameOf, context))
  })

  const planOne = Effect.fnUntraced(function* (operation: AnyOperation, input: unknown) {
    if (!Predicate.isObject(input) || Array.isArray(input)) return yield* planOperation(operation, input)
    const { context, originOf, complete } = yield* reading
    const read = yield* context.media(operation, { ...input })
    const plan = yield* context.refineQuote(yield* planOperation(operation, read))
    return complete({ ...plan, request: storeOperation(operation, { ...input }, originOf) } satisfies Plan)
  })

  function plan(
    request: AnyRequest,
    given: unknown,
    nameOf: NameOf
  ): Effect.Effect<Plan | PipelinePlan, KlingError | JobError | E>
  function plan(operation: AnyOperation, input: unknown): Effect.Effect<Plan, KlingError | JobError | E>
  function plan(what: AnyRequest | AnyOperation, given: unknown, nameOf: NameOf = (_, field) => field) {
    return "params" in what ? planOne(what, given) : planAny(what, given, nameOf)
  }
  return plan
})

/** The same request planned with another setting, to compare prices, does not read or look up its media again. */
const readOnce = <E>(context: PlanContext<E>): PlanContext<E> => {
  const [images, videos] = [new Map<string, string>(), new Map<string, FoundVideo>()]
  const once = <A>(known: Map<string, A>, source: string, read: Effect.Effect<A, KlingError | E>) => {
    const found = known.get(source)
    return found === undefined
      ? Effect.tap(read, (value) => Effect.sync(() => known.set(source, value)))
      : Effect.succeed(found)
  }
  return {
    ...context,
    image: (field, source) => once(images, source, context.image(field, source)),
    video: (field, source) => once(videos, source, context.video(field, source))
  }
}
