import { type DownloadedJob, type SavedResult } from "@klingkit/jobs"
import { missingResultsText } from "@klingkit/jobs/internal"
import { Result } from "effect"
import type { FileLink } from "../tool.ts"
import { linksNote } from "./stored-results.ts"
import { reasonOf, type ShownTask, unreadTask } from "./tasks-result.ts"

/** A saved file as data; one in the media store with its link rather than Kling's. */
export const fileData = ({ path, url, link, bytes, sha256, mimeType }: SavedResult) => ({
  path,
  url: link?.url ?? url,
  bytes,
  sha256,
  mime_type: mimeType
})

/** And as a link. */
export const linkToFile = ({ uri, path, bytes, mimeType }: SavedResult): FileLink => ({
  uri,
  name: path.slice(folderEnd(path) + 1),
  mimeType,
  sizeBytes: bytes
})

/** Where files lie: the folder in the media store where they are there, else the one on this machine. */
export const folderOf = ([file]: ReadonlyArray<SavedResult>, outputDir: string): string =>
  file?.link === undefined ? outputDir : file.path.slice(0, folderEnd(file.path))

const folderEnd = (path: string): number => Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"))

/** Until when the links of files in the media store work; nothing of others. */
export const linksOfFiles = (files: ReadonlyArray<SavedResult>): ReadonlyArray<string> => {
  const ends = files.flatMap(({ link }) => link?.expiresAt ?? [])
  return ends.length === 0 ? [] : [`Note: ${linksNote(new Date(Math.min(...ends)).toISOString())}`]
}

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
      ...files.success
        .map(fileData)
        .map(
          ({ path, url, bytes, mime_type, sha256 }) =>
            `- Path: ${path} (${bytes} bytes, ${mime_type}, SHA-256 ${sha256}), URL: ${url}`
        )
    ],
    links: files.success.map(linkToFile)
  }
}
