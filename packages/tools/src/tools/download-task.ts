import type { TaskOutput } from "@klingkit/core"
import { invalidInput, resultRetentionDays } from "@klingkit/core/internal"
import { downloadJobs, Jobs, JobsSettings } from "@klingkit/jobs"
import { missingResultsText, nameProblem, safeFileName } from "@klingkit/jobs/internal"
import { Duration, Effect, Result } from "effect"
import * as z from "zod"
import { type AskedTasks, askedTasks, leftOutLines, taskIdArguments } from "../inputs/task-ids.ts"
import { Progress } from "../progress.ts"
import { fileData, folderOf, linksOfFiles, linkToFile, shownDownload } from "../results/saved-files.ts"
import { sharedFailure, tasksSchema, withinBudget } from "../results/tasks-result.ts"
import { truncateToBudget } from "../results/truncate-to-budget.ts"
import { defineTool } from "../tool.ts"

export const downloadTask = defineTool({
  name: "download_task",
  title: "Download task",
  description: `Save the files of finished tasks on this machine. Free. Available for ${resultRetentionDays} days.`,
  toolset: "core",
  charged: false,
  hints: { readOnly: false, destructive: true, idempotent: true, openWorld: true },
  input: z.strictObject({
    ...taskIdArguments,
    file_name: z.string().optional().describe("Only for tasks with one file"),
    overwrite: z.boolean().optional().describe("Replace existing files")
  }),
  output: z.object({
    task_id: z.string().optional(),
    folder: z.string(),
    files: z
      .array(
        z.object({ path: z.string(), url: z.string(), bytes: z.number(), sha256: z.string(), mime_type: z.string() })
      )
      .optional(),
    ...tasksSchema,
    next: z.string().optional()
  }),
  run: Effect.fnUntraced(function* ({ task_id, task_ids, file_name, overwrite = false }) {
    const asked = yield* askedTasks({ task_id, task_ids })
    if (asked.one !== undefined) return yield* downloadOne(asked.one, file_name, overwrite)
    if (file_name !== undefined) {
      return yield* invalidInput([
        { field: "file_name", message: "is only for one task_id; several are named automatically" }
      ])
    }
    return yield* downloadMany(asked, overwrite)
  })
})

const downloadOne = Effect.fnUntraced(function* (id: string, file_name: string | undefined, overwrite: boolean) {
  const jobs = yield* Jobs
  const { outputDir } = yield* JobsSettings
  const report = yield* Progress
  const job = yield* jobs.status(id)
  if (file_name !== undefined && job.task.outputs.length > 1) {
    const message = `is only for tasks with one file; this one has ${job.task.outputs.length}, which are named automatically`
    return yield* invalidInput([{ field: "file_name", message }])
  }
  const fileName = file_name === undefined ? undefined : fullName(file_name, job.task.outputs)
  const problem = fileName === undefined ? undefined : nameProblem(fileName)
  if (problem !== undefined) return yield* invalidInput([{ field: "file_name", message: problem }])
  const saved = yield* jobs.download(job, {
    overwrite,
    ...(fileName === undefined ? {} : { fileName }),
    onProgress: ({ index, receivedBytes, totalBytes }) =>
      report(`File ${index + 1}: ${receivedBytes}${totalBytes === undefined ? "" : ` of ${totalBytes}`} bytes`)
  })
  const keptCount = saved.filter(({ isKept }) => isKept === true).length
  const missing = missingResultsText(job)
  const shown = truncateToBudget(saved, (file) => [file, file, file])
  const files = shown.map(fileData)
  return {
    structured: { task_id: job.handle, folder: folderOf(saved, outputDir), files },
    lines: [
      `Saved ${saved.length} file${saved.length === 1 ? "" : "s"}${shown.length === saved.length ? "" : `; the first ${shown.length} are shown`}.`,
      ...(keptCount === 0 ? [] : [`Already saved before, and unchanged: ${keptCount} of ${saved.length}.`]),
      ...(missing === undefined ? [] : [`Note: ${missing}.`]),
      `Task ID: ${job.handle}`,
      ...files.flatMap(({ path, url, bytes, sha256, mime_type }, index) => [
        `File ${index + 1}:`,
        `- Path: ${path}`,
        `- Size: ${bytes} bytes, ${mime_type}`,
        `- SHA-256: ${sha256}`,
        `- URL: ${url}`
      ]),
      "Next to each file is a .json with its metadata.",
      ...linksOfFiles(saved)
    ],
    links: shown.map(linkToFile)
  }
})

/** Some hosts end every call after 60 s; what is not saved by then is continued by the next one. */
const downloadSeconds = 45

const downloadMany = Effect.fnUntraced(function* ({ ids, unsaved }: AskedTasks, overwrite: boolean) {
  const { outputDir } = yield* JobsSettings
  const report = yield* Progress
  // What still runs has nothing to save, and was not asked for by name.
  const ended = ids.filter((id) => unsaved?.running.includes(id) !== true)
  const all = yield* downloadJobs(ended, {
    overwrite,
    timeout: Duration.seconds(downloadSeconds),
    onProgress: ({ receivedBytes }) => report(`Saving ${ended.length} tasks; ${receivedBytes} bytes of a file`)
  })
  const failure = sharedFailure(all.map(({ files }) => files))
  if (failure !== undefined) return yield* failure
  const saved = all.flatMap(({ files }) => Result.getOrElse(files, () => []))
  const failed = all.filter(({ files }) => Result.isFailure(files)).length
  const kept = saved.filter(({ isKept }) => isKept === true).length
  const { tasks, lines, links } = withinBudget(all.map(shownDownload))
  const running = ids.length - ended.length
  const folder = folderOf(saved, outputDir)
  const next = [
    ...(failed === 0
      ? []
      : ["Call download_task again with the task_ids that were not saved, once their reasons are fixed."]),
    ...(running === 0 ? [] : [`${running} more still run: call wait_for_task with task_ids ["unsaved"].`])
  ].join(" ")
  return {
    structured: { folder, tasks, ...(next === "" ? {} : { next }) },
    links,
    lines: [
      all.length === 0
        ? "No finished task has results that are not saved."
        : `Saved ${saved.length} file${saved.length === 1 ? "" : "s"} of ${all.length - failed} of ${all.length} tasks in ${folder}${kept === 0 ? "" : `; ${kept} were there already, unchanged`}.`,
      ...lines,
      ...linksOfFiles(saved),
      ...leftOutLines(unsaved),
      ...(next === "" ? [] : [`Next: ${next}`])
    ]
  }
})

const defaultExtensions: Readonly<Record<string, string>> = { video: "mp4", image: "png", audio: "mp3" }

/** Adds the missing extension: users say `fox` and expect a playable video. */
export const fullName = (name: string, [output]: ReadonlyArray<TaskOutput>): string => {
  const safe = safeFileName(name)
  if (/\.[a-z0-9]{2,4}$/i.test(safe) || output === undefined || output.type === "element") return safe
  const ofUrl = /\.([a-z0-9]{2,4})(?=$|[?#])/i.exec(output.url ?? "")?.[1]
  const extension = ofUrl ?? defaultExtensions[output.type]
  return extension === undefined ? safe : `${safe}.${extension}`
}
