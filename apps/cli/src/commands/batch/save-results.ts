import { parseJson, stringifyJson } from "@klingkit/core/internal"
import { type Job, JobError, Jobs } from "@klingkit/jobs"
import { Effect, Equal, FileSystem, Option, Path } from "effect"
import { destinationOf } from "../destination.ts"

/** Saves what a finished job has made: its files, or the answer as JSON where that has none. Returns their paths. */
export const saveResults = Effect.fnUntraced(function* (job: Job, output: Option.Option<string>, force: boolean) {
  const count = job.task.outputs.filter((one) => "url" in one && one.url !== undefined).length
  if (count === 0) return [yield* saveAnswer(job, output, force)]
  const destination = yield* destinationOf({ output, force, count })
  const jobs = yield* Jobs
  const saved = yield* jobs.download(job, { ...destination, overwrite: force })
  return saved.map(({ path }) => path)
})

/** The files that an earlier run has saved; those of a pipeline belong to its last steps. */
export const savedFilesOf = Effect.fnUntraced(function* ({ record, pipeline }: Job) {
  if (pipeline === undefined) return record?.files.map(({ path }) => path) ?? []
  const jobs = yield* Jobs
  const steps = pipeline.steps.flatMap(({ isResult, handle }) => (isResult && handle !== undefined ? [handle] : []))
  const results = yield* Effect.forEach(steps, (handle) => jobs.status(handle))
  return results.flatMap((step) => step.record?.files.map(({ path }) => path) ?? [])
})

/** `<handle>.json` in the folder, or the file that is named. A file with the same content is kept. */
const saveAnswer = Effect.fnUntraced(function* (
  { handle, task, plan, record }: Job,
  output: Option.Option<string>,
  force: boolean
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const named = Option.filter(output, (name) => name.endsWith(".json"))
  const { folder } = yield* destinationOf({
    output: Option.isSome(named) ? Option.map(named, path.dirname) : output,
    force,
    count: 0
  })
  const file = path.join(
    folder,
    Option.match(named, { onNone: () => `${handle}.json`, onSome: (name) => path.basename(name) })
  )
  const operation = plan?.operation.id ?? record?.operation
  const text = `${stringifyJson({ handle, operation, outputs: task.outputs })}\n`
  const existing = yield* Effect.option(fs.readFileString(file))
  if (Option.isSome(existing)) {
    // The ledger keeps the fields of an answer in another order than Kling sends them.
    const content = yield* Effect.option(Effect.try(() => parseJson(existing.value)))
    if (Option.isSome(content) && Equal.equals(content.value, parseJson(text))) return file
    if (!force) return yield* new JobError({ reason: { _tag: "FileExists", path: file } })
  }
  yield* fs.writeFileString(file, text)
  return file
})
