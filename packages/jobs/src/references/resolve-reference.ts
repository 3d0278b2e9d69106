import { KlingError, type MediaRule } from "@klingkit/core"
import {
  acceptedTypes,
  invalidInput,
  type MediaReference,
  resultRetentionDays,
  resultRetentionMillis,
  sanitizeText
} from "@klingkit/core/internal"
import type { FetchPolicy, FileHost } from "@klingkit/media"
import { type NoFrame, readSaved, requireDecoder, videoFrame } from "@klingkit/media/internal"
import { Clock, Effect, type FileSystem, type Path } from "effect"
import type { Job } from "../job.ts"
import { isPlanned, plannedFrame } from "./planned-results.ts"
import { type AcceptedTypes, type FoundOutput, resultOfTask } from "./result-of-task.ts"
import { savedCopies } from "./saved-copies.ts"

/** Looks up a task by any id of it, or by the id of one of its results. */
export type FindJob<E> = (id: string) => Effect.Effect<Job, KlingError | E>

/** A result that a request refers to. */
export interface Resolved {
  /** Its link while Kling keeps it; else its content. */
  readonly source: string | Uint8Array
  /** `kk-img-...#1`: it stays when the link changes, and is the same for all ids of the task and its result. */
  readonly name: string
  readonly durationSeconds?: number
  /** Kling's id of the result. */
  readonly id?: string
}

/** What a media input refers to: a link, or content where Kling has none of it. */
export const resolveReference = Effect.fnUntraced(function* <E>(
  field: string,
  rule: Pick<MediaRule, "kind" | "formats" | "urlOnly">,
  reference: MediaReference,
  { find, policy }: { readonly find: FindJob<E>; readonly policy: FetchPolicy }
): Effect.fn.Return<Resolved, KlingError | E, FileHost | FileSystem.FileSystem | Path.Path> {
  const { frame } = reference
  const accepted = acceptedTypes(rule)
  if (frame !== undefined && !accepted.includes("image")) {
    return yield* refuse(field, `is a frame, which is an image, not ${rule.kind}; leave out @${frame}`)
  }
  const { job, output, position, name } = yield* findResult(
    field,
    reference,
    frame === undefined ? accepted : ["video"],
    find
  )
  const copies = savedCopies(job.record, position)
  const isGone = yield* hasExpired(job)
  if (frame !== undefined) {
    const video = { copies, ...(isGone ? {} : { url: output.url }) }
    const decoded: Effect.Effect<
      string | Uint8Array,
      NoFrame,
      Effect.Services<ReturnType<typeof videoFrame>>
    > = isPlanned(output.url)
      ? Effect.as(requireDecoder, plannedFrame(output.url, frame))
      : videoFrame(video, frame, policy)
    const source = yield* Effect.mapError(decoded, (error) => noFrame(field, frame, error))
    return { source, name: `${name}@${frame}` }
  }
  const seconds = "durationSeconds" in output ? output.durationSeconds : undefined
  const found = {
    name,
    ...(seconds === undefined ? {} : { durationSeconds: seconds }),
    ...("id" in output ? { id: output.id } : {})
  }
  if (!isGone) return { source: output.url, ...found }
  if (rule.urlOnly === true)
    return yield* refuse(field, expired("Kling takes it by URL only: give the https URL of a copy"))
  for (const copy of copies) {
    const bytes = yield* readSaved(copy)
    if (bytes !== undefined) return { source: bytes, ...found }
  }
  return yield* refuse(field, expired("no unchanged copy is saved on this machine: give a file or a URL"))
})

/** A result with the id that Kling takes for it. */
export interface ResultById {
  readonly id: string
  readonly name: string
  readonly link: string
}

/** The same by id, for operations that take the id of a result of Kling rather than its link. */
export const resolveResultId = Effect.fnUntraced(function* <E>(
  field: string,
  type: "video" | "audio",
  reference: MediaReference,
  find: FindJob<E>
): Effect.fn.Return<ResultById, KlingError | E> {
  const { frame } = reference
  if (frame !== undefined) return yield* refuse(field, `is a frame, not ${type}; leave out @${frame}`)
  const { job, output, name } = yield* findResult(field, reference, [type], find)
  if (yield* hasExpired(job)) return yield* refuse(field, expired("make it again"))
  const id = "id" in output ? output.id : undefined
  if (id === undefined) return yield* refuse(field, `has no id at Kling: give the ${type} itself`)
  return { id, name, link: output.url }
})

/**
 * The id of the element or voice that a task has made. `known` is its job, where the ledger has one: while that is not known to
 * have finished, it is looked up.
 */
export const resolveLibraryId = Effect.fnUntraced(function* <E>(
  field: string,
  type: "element" | "voice",
  reference: MediaReference,
  known: Job | undefined,
  find: FindJob<E>
): Effect.fn.Return<string, KlingError | E> {
  const { id, frame } = reference
  if (frame !== undefined) return yield* refuse(field, `is a frame, not the id of ${type}; leave out @${frame}`)
  const job =
    known?.record?.finishedAt === undefined
      ? yield* find(id).pipe(Effect.mapError((error) => ofInput(field, id, error)))
      : known
  return (yield* resultOfTask(field, job, reference, [type])).output.id
})

interface FoundResult extends FoundOutput {
  /** The job that made it: of a pipeline, that of the step. */
  readonly job: Job
  readonly name: string
}

const findResult = Effect.fnUntraced(function* <E>(
  field: string,
  reference: MediaReference,
  accepted: AcceptedTypes,
  find: FindJob<E>
): Effect.fn.Return<FoundResult, KlingError | E> {
  const job = yield* find(reference.id).pipe(Effect.mapError((error) => ofInput(field, reference.id, error)))
  const found = yield* resultOfTask(field, job, reference, accepted)
  const { url } = found.output
  const step = job.pipeline?.steps.find(({ outputs = [] }) => outputs.some((one) => "url" in one && one.url === url))
  if (step?.handle === undefined) return { ...found, job, name: nameOf(job, found.position) }
  const made = yield* find(step.handle).pipe(Effect.mapError((error) => ofInput(field, reference.id, error)))
  const position = made.task.outputs.findIndex((one) => "url" in one && one.url === url)
  return { output: found.output, position, job: made, name: nameOf(made, position) }
})

/** A task that is not in the ledger has Kling's id only: its external id may be one that another program has chosen. */
export const nameOf = ({ record, task }: Job, position: number): string =>
  `${record?.handle ?? task.id}#${position + 1}`

/** Kling keeps its results no longer. */
export const hasExpired = ({ record, task }: Pick<Job, "record" | "task">): Effect.Effect<boolean> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const finishedAt = record?.finishedAt ?? task.updatedAt ?? task.createdAt
    return finishedAt !== undefined && now - finishedAt >= resultRetentionMillis
  })

/** The error of the lookup is about this input: whether the task that it names was charged is another matter. */
const ofInput = <E>(field: string, id: string, error: KlingError | E): KlingError | E => {
  if (!(error instanceof KlingError)) return error
  const { reason, access } = error
  if (reason._tag !== "TaskNotFound") return new KlingError({ reason, ...(access === undefined ? {} : { access }) })
  return refuse(field, `is ${sanitizeText(id, 80)}, which no task or result of this account has`)
}

const noFrame = (field: string, frame: "first" | "last", { reason, detail }: NoFrame): KlingError => {
  switch (reason) {
    case "NoDecoder":
      return refuse(
        field,
        `needs the ${frame} frame of a video, and nothing on this machine decodes videos: install ffmpeg, or give an image`
      )
    case "NotFetched":
      return refuse(field, `needs the ${frame} frame of a video that cannot be read: ${detail}`)
    case "NotDecoded":
      return refuse(field, `needs the ${frame} frame of a video that cannot be decoded: ${detail}`)
  }
}

const expired = (advice: string): string =>
  `is older than ${resultRetentionDays} days, so Kling has deleted it; ${advice}`

const refuse = (field: string, message: string): KlingError => invalidInput([{ field, message }])
