import type { TaskOutput } from "@klingkit/core"
import { invalidInput, resultRetentionDays } from "@klingkit/core/internal"
import { Jobs, JobsSettings } from "@klingkit/jobs"
import { missingResultsText, nameProblem, safeFileName } from "@klingkit/jobs/internal"
import { Effect } from "effect"
import * as z from "zod"
import { taskId } from "../inputs/task-id.ts"
import { Progress } from "../progress.ts"
import { truncateToBudget } from "../results/truncate-to-budget.ts"
import { defineTool } from "../tool.ts"

export const downloadTask = defineTool({
  name: "download_task",
  title: "Download task",
  description: `Save a finished task's files on this machine, within ${resultRetentionDays} days. Free.`,
  toolset: "core",
  charged: false,
  hints: { readOnly: false, destructive: true, idempotent: true, openWorld: true },
  input: z.strictObject({
    task_id: taskId,
    file_name: z.string().optional().describe("Only for tasks with one file"),
    overwrite: z.boolean().optional().describe("Replace existing files")
  }),
  output: z.object({
    task_id: z.string(),
    folder: z.string(),
    files: z.array(
      z.object({ path: z.string(), url: z.string(), bytes: z.number(), sha256: z.string(), mime_type: z.string() })
    )
  }),
  run: Effect.fnUntraced(function* ({ task_id, file_name, overwrite = false }) {
    const jobs = yield* Jobs
    const { outputDir } = yield* JobsSettings
    const report = yield* Progress
    const job = yield* jobs.status(task_id)
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
    const files = shown.map(({ path, url, bytes, sha256, mimeType }) => ({
      path,
      url,
      bytes,
      sha256,
      mime_type: mimeType
    }))
    return {
      structured: { task_id: job.handle, folder: outputDir, files },
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
        "Next to each file is a .json with its metadata."
      ],
      links: shown.map(({ uri, path, bytes, mimeType }) => ({
        uri,
        name: path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1),
        mimeType,
        sizeBytes: bytes
      }))
    }
  })
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
