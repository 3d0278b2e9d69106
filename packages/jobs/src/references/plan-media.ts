import { type AnyOperation, KlingError, type MediaRule, type Plan, type Task } from "@klingkit/core"
import {
  anyVideo,
  invalidInput,
  type MediaReference,
  newImage,
  readImageHeader,
  readInlineImageHeader,
  readMediaReference
} from "@klingkit/core/internal"
import type { FoundVideo, ImageSize, PipelinePlan } from "@klingkit/core/requests"
import { type FileHost, type MediaConfig, type MediaSource, readMediaWith } from "@klingkit/media"
import { fetchImages, inlineSeconds, isFilePath } from "@klingkit/media/internal"
import { Effect, type FileSystem, type Path, Predicate, Struct } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobError } from "../job-error.ts"
import { LedgerSource } from "../ledger/ledger-source.ts"
import { readMediaInput } from "../media-inputs.ts"
import { isUploadId, type Uploads } from "../uploads.ts"
import { asFinished, type PlannedResults } from "./planned-results.ts"
import { isResultLink, resultOfLink } from "./result-links.ts"
import { elsewhere, uploadedFile } from "./uploaded-file.ts"
import {
  type FindJob,
  type ResultById,
  resolveLibraryId,
  resolveReference,
  resolveResultId
} from "./resolve-reference.ts"

type Needs = FileHost | FileSystem.FileSystem | Path.Path | LedgerSource
type Read<A, E> = Effect.Effect<A, KlingError | JobError | E, Needs>
type Fields = Readonly<Record<string, unknown>>

interface PlanMediaOptions<E> {
  readonly find: FindJob<E>
  readonly readTask: (id: string) => Effect.Effect<Task, KlingError | E>
  readonly config: MediaConfig & { readonly principal: string }
  readonly planned?: PlannedResults | undefined
  /** What the principal has uploaded; absent where it gives files of this machine. */
  readonly uploads: Uploads<E> | undefined
  /** The reference that a link of the media store stands for. */
  readonly referenceOf: (link: string) => string | undefined
}

/**
 * The media inputs of one plan. Each may be a reference to an earlier result, and all of them come through here; the plan
 * then names the results that it uses.
 */
export const planMedia = <E>({
  find: findMade,
  readTask,
  config,
  planned,
  referenceOf,
  uploads
}: PlanMediaOptions<E>) => {
  const { privateHosts = [], klingIsLocal = false, principal } = config
  const policy = { privateHosts, klingIsLocal }
  const names = new Map<string, string>()
  const seconds = new Map<string, number>()
  const sizes = new Map<string, ImageSize>()
  /** Results that Kling takes by id as well, by their links and by their ids. */
  const byId = new Map<string, ResultById>()
  const warnings: Array<string> = []

  const step = (id: string): Job | undefined => {
    const job = planned?.steps.get(id)
    if (job !== undefined) planned?.used.add(id)
    return job
  }
  const find: FindJob<E> = (id) => {
    const job = step(id)
    if (job !== undefined) return Effect.succeed(job)
    return planned === undefined ? findMade(id) : Effect.map(findMade(id), (found) => asFinished(found, planned))
  }
  const referenceIn = (given: string) => readMediaReference(given, (id) => planned?.steps.has(id) === true)

  const know = ({ name, link, id }: Omit<ResultById, "id"> & { readonly id: string | undefined }) => {
    names.set(link, name)
    if (id === undefined) return
    byId.set(link, { name, link, id })
    byId.set(id, { name, link, id })
  }

  const resolved = Effect.fnUntraced(function* (field: string, rule: MediaRule, reference: MediaReference) {
    const { source, name, durationSeconds, id } = yield* resolveReference(field, rule, reference, { find, policy })
    const value = Predicate.isString(source) ? source : yield* readMediaInput(field, rule, source, config)
    know({ name, link: value, id })
    if (durationSeconds !== undefined) seconds.set(value, durationSeconds)
    return { value, durationSeconds }
  })

  /** Its link is another one each time: its id stays. */
  const uploaded = Effect.fnUntraced(function* (field: string, rule: MediaRule, id: string) {
    const { file, url } = yield* uploadedFile(field, rule, id, uploads)
    const { width, height, durationSeconds } = file
    const value = yield* readMediaInput(field, rule, url, config)
    know({ name: id, link: value, id: undefined })
    if (durationSeconds !== undefined) seconds.set(value, durationSeconds)
    if (width !== undefined && height !== undefined) sizes.set(value, { width, height })
    return { value, durationSeconds }
  })

  /** Of a principal that works elsewhere, only what was saved for it here is read. */
  const isElsewhere = (path: string): boolean => !path.startsWith(config.outputDir)

  /** The link of a result is another spelling of its handle. */
  const recognize = (link: string): Effect.Effect<void, never, LedgerSource> =>
    isResultLink(link, klingIsLocal)
      ? Effect.map(resultOfLink(link, principal), (result) => {
          if (result !== undefined) know({ id: undefined, ...result, link })
        })
      : Effect.void

  const read = (field: string, rule: MediaRule, given: MediaSource): Read<string, E> =>
    Effect.gen(function* () {
      const source = Predicate.isString(given) ? (referenceOf(given) ?? given) : given
      // It was resolved before, and Kling need not be kept from its own files.
      if (Predicate.isString(source) && names.has(source)) return source
      const reference = Predicate.isString(source) ? referenceIn(source) : undefined
      if (Predicate.isString(reference)) return yield* refuse(field, reference)
      if (reference !== undefined) return (yield* resolved(field, rule, reference)).value
      if (Predicate.isString(source)) {
        const text = source.trim()
        if (isUploadId(text)) return (yield* uploaded(field, rule, text)).value
        if (uploads !== undefined && isFilePath(text) && isElsewhere(text)) return yield* elsewhere(text, uploads)
      }
      const value = yield* readMediaInput(field, rule, source, config)
      yield* recognize(value)
      return value
    })

  /** Ids of elements and voices are known by the ledger or not at all: most are older than it, or Kling's own. */
  const libraryId = (field: string, type: "element" | "voice", given: string): Read<string, E> =>
    Effect.gen(function* () {
      const reference = readMediaReference(given)
      if (reference === undefined) return given
      if (Predicate.isString(reference)) return yield* refuse(field, reference)
      const known = yield* inLedger(reference.id, principal)
      if (known === undefined && !isHandle(reference.id)) return reference.id
      return yield* resolveLibraryId(field, type, reference, known, find)
    })

  /** Without a task that is known to have made it, what an id means is left to Kling, unless it is one of klingkit's own. */
  const resultId = (field: string, type: "video" | "audio", given: string): Read<string, E> =>
    Effect.gen(function* () {
      if (isUploadId(given))
        return yield* refuse(field, `is an uploaded file, which has no id at Kling: give it as the ${type}`)
      const reference = referenceIn(given)
      if (reference === undefined) return given
      if (Predicate.isString(reference)) return yield* refuse(field, reference)
      const known = step(reference.id) ?? (yield* finishedInLedger(reference.id, principal))
      const job = known ?? (isHandle(reference.id) ? undefined : yield* readIfThere(readTask, reference.id))
      if (job !== undefined || isHandle(reference.id)) {
        const findIt = job === undefined ? find : () => Effect.succeed(job)
        const result = yield* resolveResultId(field, type, reference, findIt)
        know(result)
        return result.id
      }
      warnings.push(`no known task has made ${type} with the id ${reference.id}: Kling decides what it is`)
      return reference.id
    })

  return {
    image: (field: string, source: string) => read(field, newImage, source),
    operation: (operation: AnyOperation, input: Fields): Read<Fields, E> =>
      readMediaWith<KlingError | JobError | E, Needs>(operation, input, {
        media: read,
        resultId: (field, type, id) =>
          type === "element" || type === "voice" ? libraryId(field, type, id) : resultId(field, type, id)
      }),
    video: (field: string, source: string): Read<FoundVideo, E> =>
      Effect.gen(function* () {
        const given = referenceOf(source.trim()) ?? source.trim()
        if (isUrl(given)) return yield* Effect.as(recognize(given), { url: given })
        if (isUploadId(given)) {
          const { value, durationSeconds: lasts } = yield* uploaded(field, anyVideo, given)
          return { url: value, ...(lasts === undefined ? {} : { durationSeconds: lasts }) }
        }
        if (isPath(given)) {
          if (uploads !== undefined) return yield* elsewhere(given, uploads)
          return yield* refuse(
            field,
            "must be a URL or a task's id: Kling takes videos by URL only and has no upload; host the file where Kling can reach it, and give its https URL"
          )
        }
        // No other text can be a video: it is looked up, whatever it looks like.
        const reference = referenceIn(given) ?? { id: given }
        if (Predicate.isString(reference)) return yield* refuse(field, reference)
        const { value, durationSeconds } = yield* resolved(field, anyVideo, reference)
        return { url: value, ...(durationSeconds === undefined ? {} : { durationSeconds }) }
      }),
    /** The length of a result that was read. */
    secondsOf: (read: string): number | undefined => seconds.get(read),
    seconds: (media: string): Effect.Effect<number | undefined> => {
      const known = seconds.get(media)
      return known !== undefined || isUrl(media) ? Effect.succeed(known) : inlineSeconds(media)
    },
    /** A result of Kling is fetched for it; what is behind any other URL is not. */
    imageSize: (image: string): Effect.Effect<ImageSize | undefined, never, FileHost> =>
      sizes.has(image)
        ? Effect.succeed(sizes.get(image))
        : !isUrl(image)
          ? Effect.sync(() => readInlineImageHeader(image))
          : names.has(image)
            ? fetchImages([image], policy).pipe(
                Effect.map(([bytes]) => (bytes === undefined ? undefined : readImageHeader(bytes))),
                Effect.orElseSucceed(() => undefined)
              )
            : Effect.succeed(undefined),
    /** The result that a value which was read is: `kk-img-...#1`. */
    nameOf: (read: string): string | undefined => names.get(read),
    /** The plan with the results that it refers to. */
    complete: <A extends Plan | PipelinePlan>(plan: A): A => {
      const warned = warnings.length === 0 ? plan : { ...plan, warnings: [...plan.warnings, ...warnings] }
      if (names.size === 0) return warned
      const other = "steps" in warned ? undefined : spelledOtherwise(warned, byId)
      return "steps" in warned
        ? { ...warned, steps: warned.steps.map((step) => ({ ...step, plan: { ...step.plan, references: names } })) }
        : { ...warned, references: names, ...(other === undefined ? {} : { otherPath: other }) }
    }
  }
}

/** The same request with a result by its link in place of its id, or the other way round. */
const spelledOtherwise = (
  { operation, input }: Plan,
  byId: ReadonlyMap<string, ResultById>
): Pick<Plan, "operation" | "input"> | undefined => {
  const [id = "", media = ""] = operation.idOrMedia ?? []
  const result = byId.get(String(input[id] ?? input[media]))
  if (result === undefined) return undefined
  const others = Struct.omit(input, [id, media])
  return {
    operation,
    input: { ...others, ...(input[id] === undefined ? { [id]: result.id } : { [media]: result.link }) }
  }
}

/** A job of this ledger that has the id, or a result with it. Free, and possible without a credential. */
const inLedger = (id: string, principal: string): Effect.Effect<Job | undefined, never, LedgerSource> =>
  LedgerSource.use(({ open }) => open).pipe(
    Effect.flatMap((ledger) =>
      Effect.gen(function* () {
        const { jobs } = yield* ledger.list({ principal, id, limit: 1 })
        const [record] = jobs.length > 0 ? jobs : (yield* ledger.list({ principal, result: id, limit: 1 })).jobs
        return record === undefined ? undefined : jobOfRecord(record)
      })
    ),
    Effect.orElseSucceed(() => undefined)
  )

const finishedInLedger = (id: string, principal: string) =>
  Effect.map(inLedger(id, principal), (job) => (job?.record?.finishedAt === undefined ? undefined : job))

/** A task of this account that the ledger does not have. Nothing if Kling has none, or cannot be asked without a credential. */
const readIfThere = <E>(
  readTask: (id: string) => Effect.Effect<Task, KlingError | E>,
  id: string
): Effect.Effect<Job | undefined, KlingError> =>
  readTask(id).pipe(
    Effect.map((task): Job => ({ handle: id, task })),
    Effect.catch((error) =>
      error instanceof KlingError && !absent.has(error.reason._tag) ? Effect.fail(error) : Effect.succeed(undefined)
    )
  )

const isHandle = (id: string): boolean => id.startsWith("kk-")

const absent: ReadonlySet<string> = new Set(["TaskNotFound", "MissingCredentials", "NoAccount", "UnusableCredentials"])

const isUrl = (source: string): boolean => /^(https?|data):/i.test(source)
const isPath = (source: string): boolean => /[\\/]|^[~.]|\.\w{2,4}$/.test(source)

const refuse = (field: string, message: string) => Effect.fail(invalidInput([{ field, message }]))
