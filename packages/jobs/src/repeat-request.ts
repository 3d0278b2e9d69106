import { findOperation, type KlingError, type Plan, type StoredRequest } from "@klingkit/core"
import { invalidInput } from "@klingkit/core/internal"
import {
  type AnyRequest,
  changeRequest,
  type Fields,
  findRequest,
  mediaIn,
  type NameOf,
  type PipelinePlan,
  renamed,
  requestOfFamily
} from "@klingkit/core/requests"
import { Effect } from "effect"
import { type Job, requestOfJob } from "./job.ts"
import { jobError, type JobError } from "./job-error.ts"
import type { JobRecord } from "./ledger/job-record.ts"
import { Ledger } from "./ledger/ledger.ts"
import type { LedgerError } from "./ledger/ledger-error.ts"
import { isPipeline } from "./pipelines/pipeline-job.ts"
import type { Planner } from "./planner.ts"
import { JobsSettings } from "./settings.ts"

/** An earlier request, planned again with changes. It is run like any other plan. */
export interface RepeatPlan {
  readonly plan: Plan | PipelinePlan
  /** The job whose request it is. */
  readonly handle: string
  /** Its declaration; absent where an operation was called by itself. */
  readonly request?: AnyRequest
  /** Without changes it is the same request, and so the same take. */
  readonly take?: number
}

/** `changes` are settings in the caller's words for the request; `null` takes one back to its default. */
export type RepeatPlanner = (
  id: string,
  changes: Fields,
  nameOf: NameOf
) => Effect.Effect<RepeatPlan, KlingError | JobError | LedgerError>

interface Needs {
  readonly plan: Planner<LedgerError>
  readonly status: (id: string) => Effect.Effect<Job, KlingError | LedgerError>
}

/** What the ledger has of a job, as far as it matters here. */
interface Kept {
  readonly handle: string
  readonly request?: StoredRequest | undefined
  readonly record?: JobRecord | undefined
}

export const makeRepeatPlanner = Effect.fnUntraced(function* ({
  plan,
  status
}: Needs): Effect.fn.Return<RepeatPlanner, never, Ledger | JobsSettings> {
  const ledger = yield* Ledger
  const { principal } = yield* JobsSettings

  /** Kling is asked about an id that is neither a handle nor that of a task: it may be that of a result. */
  const find = (id: string): Effect.Effect<Kept, KlingError | LedgerError> =>
    isPipeline(id)
      ? ledger.pipelines.get(id, principal)
      : ledger.get(id, principal).pipe(
          Effect.map((record): Kept => ({ handle: record.handle, request: record.request, record })),
          Effect.catchReason("LedgerError", "NotFound", () =>
            Effect.map(status(id), (job): Kept => ({ ...job, request: requestOfJob(job) }))
          )
        )

  return Effect.fn("Jobs.planRepeat")(function* (
    id: string,
    changes: Fields,
    nameOf: NameOf
  ): Effect.fn.Return<RepeatPlan, KlingError | JobError | LedgerError> {
    const kept = yield* find(id.trim())
    const { handle, request: stored, record } = kept
    if (stored === undefined || record?.pipeline !== undefined) return yield* notRepeatable(kept)
    const declared = stored.request === undefined ? undefined : findRequest(stored.request)
    const operation = stored.request === undefined ? findOperation(record?.operation ?? "") : undefined
    const { input, changed, missing, files } = changeRequest(declared, stored, changes)
    const refuse = (fields: ReadonlyArray<string>, message: string) =>
      invalidInput(
        fields.map((field) => ({
          field: renamed(field, (name) => (declared === undefined ? name : nameOf(declared, name))),
          message
        }))
      )
    if (missing.length > 0) {
      return yield* refuse(missing, "was given as content, which is not kept: give it again among the changes")
    }
    const planned =
      declared !== undefined
        ? yield* plan(declared, input, nameOf)
        : operation !== undefined
          ? yield* plan(operation, input)
          : yield* notRepeatable(kept)
    const contents = new Map(mediaIn(planned.request?.input ?? {}).map(({ source, sha256 }) => [source, sha256]))
    const replaced = [...files].filter(([source, { sha256 }]) => contents.get(source) !== sha256)
    if (replaced.length > 0) {
      const fields = replaced.map(([, { field }]) => field)
      return yield* refuse(fields, "is another file by now; if that one is meant, give its path among the changes")
    }
    return {
      plan: planned,
      handle,
      ...(declared === undefined ? {} : { request: declared }),
      ...(changed.length > 0 || record === undefined ? {} : { take: record.take })
    }
  })
})

/** Why a job cannot be made again by its id, with what is known of its request. */
const notRepeatable = Effect.fnUntraced(function* ({ handle, record }: Kept): Effect.fn.Return<never, JobError> {
  if (record === undefined) {
    return yield* jobError({
      _tag: "NotRepeatable",
      taskId: handle,
      why: isPipeline(handle) ? "pipeline" : "elsewhere"
    })
  }
  const { pipeline, prompt, model, operation, family } = record
  if (pipeline !== undefined) return yield* jobError({ _tag: "NotRepeatable", taskId: handle, why: "step", pipeline })
  const request = yield* requestOfFamily(family)
  return yield* jobError({
    _tag: "NotRepeatable",
    taskId: handle,
    why: "version",
    operation,
    ...(request === undefined ? {} : { request: request.id }),
    ...(model === "" ? {} : { model }),
    ...(prompt === undefined ? {} : { prompt })
  })
})
