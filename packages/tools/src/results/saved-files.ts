import { type DownloadedJob, type SavedResult } from "@klingkit/jobs"
import { missingResultsText } from "@klingkit/jobs/internal"
import { Result } from "effect"
import type { FileLink } from "../tool.ts"
import { reasonOf, type ShownTask, unreadTask } from "./tasks-result.ts"

/** A saved file as data. */
export const fileData = ({ path, url, bytes, sha256, mimeType }: SavedResult) => ({
  path,
  url,
  bytes,
  sha256,
  mime_type: mimeType
})

/** And as a link. */
export const linkToFile = ({ uri, path, bytes, mimeType }: SavedResult): FileLink => ({
  uri,
  name: path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1),
  mimeType,
  sizeBytes: bytes
})

/** What was saved of one of several tasks, or why nothing was. */
export const shownDownload = ({ id, result, files }: DownloadedJob): ShownTask => {
  if (Result.isFailure(result)) return unreadTask(id, result.failure)
  const { handle, task } = result.success
  const data = { task_id: handle, status: task.status }
  if (Result.isFailure(files)) {
    const { code } = files.failure
    const reason = reasonOf(files.failure)
    return {
      data: { ...data, error: reason, code },
      lines: [`Task ${handle}: ${task.status}, not saved, ${reason} (${code})`],
      links: []
    }
  }
  const missing = missingResultsText(result.success)
  return {
    data: {
      ...data,
      files: files.success.map((file) => ({
        ...fileData(file),
        ...(file.isKept === true ? { already_saved: true } : {})
      })),
      ...(missing === undefined ? {} : { missing })
    },
    lines: [
      `Task ${handle}: ${task.status}, ${files.success.every(({ isKept }) => isKept) ? "already saved before, and unchanged" : "saved"}${missing === undefined ? "" : `; ${missing}`}`,
      ...files.success.map(
        ({ path, url, bytes, mimeType, sha256 }) =>
          `- Path: ${path} (${bytes} bytes, ${mimeType}, SHA-256 ${sha256}), URL: ${url}`
      )
    ],
    links: files.success.map(linkToFile)
  }
}
