import { parseJson, stringifyJson } from "@klingkit/core/internal"
import { type Job, JobError, Jobs } from "@klingkit/jobs"
import { fillTemplate, jobFacts } from "@klingkit/jobs/internal"
import { Clock, Effect, Equal, FileSystem, Path } from "effect"
import { type Deadline, timeLeft } from "../deadline.ts"
import { defaultTemplate, type LineDestination } from "./line-destination.ts"

/** Saves what a finished job has made, unless it is there already: its files, or the answer as JSON where that has none. Returns their paths. */
export const saveResults = Effect.fnUntraced(function* (
  job: Job,
  destination: LineDestination,
  { force, deadline }: { readonly force: boolean; readonly deadline: Deadline }
) {
  const count = job.task.outputs.filter((one) => "url" in one && one.url !== undefined).length
  if (count === 0) return [yield* saveAnswer(job, destination, force)]
  const jobs = yield* Jobs
  const saved = yield* jobs.download(job, { ...destination, overwrite: force, timeout: yield* timeLeft(deadline) })
  return saved.map(({ path }) => path)
})

/** The file that is named, or as the template says. A file with the same content is kept. */
const saveAnswer = Effect.fnUntraced(function* (job: Job, destination: LineDestination, force: boolean) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { handle, task, plan, record } = job
  const file = path.join(destination.folder, ...(yield* answerName(job, destination)))
  const operation = plan?.operation.id ?? record?.operation
  const text = `${stringifyJson({ handle, operation, outputs: task.outputs })}\n`
  const existing = yield* Effect.option(fs.readFileString(file))
  if (existing._tag === "Some") {
    // The ledger keeps the fields of an answer in another order than Kling sends them.
    const content = yield* Effect.option(Effect.try(() => parseJson(existing.value)))
    if (content._tag === "Some" && Equal.equals(content.value, parseJson(text))) return file
    if (!force) return yield* new JobError({ reason: { _tag: "FileExists", path: file } })
  }
  yield* fs.makeDirectory(path.dirname(file), { recursive: true })
  yield* fs.writeFileString(file, text)
  return file
})

const answerName = Effect.fnUntraced(function* (
  job: Job,
  { fileName, nameTemplate = defaultTemplate, id }: LineDestination
) {
  if (fileName !== undefined) return [fileName.replace(/\.\w+$/, ".json")]
  const facts = jobFacts(job, id, yield* Clock.currentTimeMillis)
  const { folders, name } = fillTemplate(nameTemplate, facts, { index: 0, count: 1, extension: "json" })
  return [...folders, name.endsWith(".json") ? name : `${name}.json`]
})
