import type { KlingError, MediaRule } from "@klingkit/core"
import { anyAudio, anyVideo, invalidInput, newImage, sanitizeText } from "@klingkit/core/internal"
import { Effect, type FileSystem, type Path, type Scope } from "effect"
import { Base64 } from "effect/encoding"
import type { FileHost } from "../files/file-host.ts"
import type { FileDenied } from "./file-denied.ts"
import { detectContainer } from "../formats/detect-container.ts"
import { detectTruncation } from "../formats/detect-truncation.ts"
import { mediaProblems } from "./check-media.ts"
import { checkRemoteUrl } from "./check-remote-url.ts"
import { resolveMedia, type ResolvedMedia, type MediaConfig, type MediaSource } from "./media-source.ts"
import { probeMedia } from "../formats/probe-media.ts"
import { readBytes } from "./read-bytes.ts"

/** The loosest rule per kind, for when the operation is not known yet. */
const loosestRules = { image: newImage, video: anyVideo, audio: anyAudio } as const

/** For rules without a size limit: more than any image or audio that Kling accepts. */
const defaultMegabytes = 50

/**
 * Turns an image, video or audio input into what Kling accepts: a URL stays a URL, everything else becomes bare base64.
 * Whether a file is whole is judged here, and audio is validated; the dimensions of images later, with the rest of the
 * input, by their operation. Local video, and any other media that Kling accepts by URL only, is refused with what to do
 * instead.
 */
export const readMediaInput = Effect.fnUntraced(
  function* (
    field: string,
    expected: MediaRule | MediaRule["kind"],
    source: MediaSource,
    config: MediaConfig
  ): Effect.fn.Return<string, KlingError | FileDenied, FileHost | FileSystem.FileSystem | Path.Path | Scope.Scope> {
    const rule = typeof expected === "string" ? loosestRules[expected] : expected
    const media = yield* resolveMedia(field, source, config)
    if (media.kind === "url") return yield* checkRemoteUrl(field, media.url, config)
    if (rule.urlOnly === true) return yield* refuse(field, [yield* urlOnlyMessage(rule, media)])
    const bytes = yield* readBytes(field, media, rule.maxMegabytes ?? defaultMegabytes)
    yield* checkComplete(field, rule, bytes)
    if (rule.kind !== "image") yield* checkBytes(field, rule, bytes)
    return media.kind === "text" ? media.base64 : Base64.encode(bytes)
  },
  (effect) => Effect.scoped(effect)
)

/** Kling takes and bills a task with half an image: whether it is whole is judged here. */
const checkComplete = Effect.fnUntraced(function* (field: string, rule: MediaRule, bytes: Uint8Array) {
  if (bytes.length === 0) return yield* refuse(field, ["is empty"])
  const extension = detectContainer(bytes)?.extension
  if (extension === undefined || !rule.formats.includes(extension)) return
  const readAt = (position: number, length: number) => Effect.succeed(bytes.subarray(position, position + length))
  const truncation = yield* detectTruncation(extension, bytes.length, readAt)
  if (truncation !== undefined) {
    return yield* refuse(field, [`is a truncated ${extension} file: ${truncation}; give the whole file`])
  }
})

const checkBytes = Effect.fnUntraced(function* (field: string, rule: MediaRule, bytes: Uint8Array) {
  const facts = yield* probeMedia(bytes)
  if (facts === undefined) {
    const actual = detectContainer(bytes)?.extension
    const supported = `supported: ${rule.formats.join(", ")}`
    return yield* refuse(field, [
      actual === undefined ? `is not a readable ${rule.kind} file; ${supported}` : `is ${actual}; ${supported}`
    ])
  }
  const problems = mediaProblems(rule, facts, bytes.length)
  if (problems.length > 0) return yield* invalidInput(problems.map((problem) => ({ field, ...problem })))
})

/** Why local media cannot be sent, what to do, and whether Kling would reject it even then. */
const urlOnlyMessage = Effect.fnUntraced(function* (
  rule: MediaRule,
  media: Exclude<ResolvedMedia, { readonly kind: "url" }>
) {
  const name = media.kind === "file" ? sanitizeText(media.name, 120) : `this ${rule.kind}`
  const advice = `${name} cannot be sent from here: Kling accepts it by URL only and has no upload. Host it where Kling can reach it and give its https URL`
  const ownResults = `for a result of Kling, give its result URL, or its video id if the operation takes one`
  const probed = media.kind === "file" ? media.file : media.kind === "bytes" ? media.bytes : undefined
  const facts = probed === undefined ? undefined : yield* probeMedia(probed)
  if (facts === undefined) return `${advice}; ${ownResults}`
  const problems = mediaProblems(rule, facts, probed instanceof Uint8Array ? probed.length : (probed?.sizeBytes ?? 0))
  return problems.length === 0
    ? `${advice}; ${ownResults}`
    : `${advice}; ${ownResults}. Kling would still reject it: it ${problems.map(({ message }) => message).join(", and it ")}`
})

const refuse = (field: string, messages: ReadonlyArray<string>): KlingError =>
  invalidInput(messages.map((message) => ({ field, message })))
