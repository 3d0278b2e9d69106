import { Schema } from "effect"
import type { HttpClientResponse } from "effect/http"

/** What a server says of the version of a file that it sends. */
export const FileVersion = Schema.Struct({
  /** Strong: a weak one does not guarantee the same bytes. */
  etag: Schema.optionalKey(Schema.String),
  lastModified: Schema.optionalKey(Schema.String),
  totalBytes: Schema.optionalKey(Schema.Number)
})
export type FileVersion = typeof FileVersion.Type

/** The version that a whole response begins. */
export const versionOf = ({ headers }: HttpClientResponse.HttpClientResponse): FileVersion => {
  const { etag, "last-modified": lastModified } = headers
  const totalBytes = numberOf(headers["content-length"])
  if (etag !== undefined && !etag.startsWith('"')) return {}
  return {
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
    ...(totalBytes === undefined ? {} : { totalBytes })
  }
}

/** Whether so many bytes of a version can be continued: without an ETag, the whole length tells it from another version. */
export const canContinue = ({ etag, totalBytes }: FileVersion, bytes: number): boolean =>
  bytes > 0 && (totalBytes === undefined ? etag !== undefined : bytes <= totalBytes)

/** Asks for what follows the bytes of a version. */
export const rangeHeaders = ({ etag, lastModified }: FileVersion, have: number): Readonly<Record<string, string>> => {
  const validator = etag ?? lastModified
  return { range: `bytes=${have}-`, ...(validator === undefined ? {} : { "if-range": validator }) }
}

/** Whether a partial response is of the same version, as long as that one, and starts where ours ends. */
export const continues = (
  { headers }: HttpClientResponse.HttpClientResponse,
  { etag, lastModified, totalBytes }: FileVersion,
  have: number
): boolean => {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers["content-range"] ?? "") ?? []
  const isSameLength =
    totalBytes === undefined || numberOf(total) === totalBytes || (total === "*" && etag !== undefined)
  const isSameVersion =
    etag === undefined
      ? headers["etag"] === undefined && headers["last-modified"] === lastModified
      : headers["etag"] === undefined || headers["etag"] === etag
  return isSameVersion && isSameLength && numberOf(start) === have
}

export const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
