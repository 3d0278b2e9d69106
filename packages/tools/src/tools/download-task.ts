import { Jobs, safeFileName } from "@klingkit/jobs"
import { Effect } from "effect"
import * as z from "zod"
import { taskId } from "../inputs/task-id.ts"
import { Progress } from "../progress.ts"
import { defineTool } from "../tool.ts"

export const downloadTask = defineTool({
  name: "download_task",
  title: "Download task",
  description: "Save the files of a finished task on this machine. Free. Works for 30 days after the task.",
  toolset: "core",
  charged: false,
  hints: { readOnly: false, destructive: true, idempotent: true, openWorld: true },
  input: z.strictObject({
    task_id: taskId,
    file_name: z.string().optional().describe("For a task with one file"),
    overwrite: z.boolean().optional().describe("Replace files of the same name")
  }),
  output: z.object({
    task_id: z.string(),
    folder: z.string(),
    files: z.array(z.object({ path: z.string(), url: z.string(), bytes: z.number(), mime_type: z.string() }))
  }),
  run: Effect.fnUntraced(function* ({ task_id, file_name, overwrite = false }) {
    const jobs = yield* Jobs
    const tell = yield* Progress
    const job = yield* jobs.status(task_id)
    const saved = yield* jobs.download(job, {
      overwrite,
      ...(file_name === undefined ? {} : { fileName: safeFileName(file_name) }),
      onProgress: ({ index, receivedBytes, totalBytes }) =>
        tell(`File ${index + 1}: ${receivedBytes}${totalBytes === undefined ? "" : ` of ${totalBytes}`} bytes`)
    })
    const files = saved.map(({ path, url, bytes, mimeType }) => ({ path, url, bytes, mime_type: mimeType }))
    return {
      facts: { task_id: job.handle, folder: jobs.config.outputDir, files },
      lines: [
        `Saved ${files.length} file${files.length === 1 ? "" : "s"}.`,
        `Task ID: ${job.handle}`,
        ...files.flatMap(({ path, url, bytes, mime_type }, index) => [
          `File ${index + 1}:`,
          `- Path: ${path}`,
          `- Size: ${bytes} bytes, ${mime_type}`,
          `- URL: ${url}`
        ]),
        "Beside each file lies a .json with its origin."
      ],
      links: saved.map(({ uri, path, bytes, mimeType }) => ({
        uri,
        name: path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1),
        mimeType,
        sizeBytes: bytes
      }))
    }
  })
})
