import {
  anySound,
  anyVideo,
  invalidInput,
  type KlingError,
  type MediaRule,
  newImage,
  untrustedText
} from "@klingkit/core"
import { Effect, type FileSystem, type Path, type Scope } from "effect"
import { Base64 } from "effect/encoding"
import type { JobError } from "../job-error.ts"
import { readContainer } from "../files/container.ts"
import { mediaProblems } from "./check-media.ts"
import { handedOn } from "./handed-on.ts"
import { findMedia, type FoundMedia, type MediaConfig, type MediaSource } from "./media-source.ts"
import { probeMedia } from "./probe-media.ts"
import { readBytes } from "./read-bytes.ts"

/** The widest that Kling takes, for when the operation is not decided yet. */
const widest = { image: newImage, video: anyVideo, audio: anySound } as const

/** Where a rule states none: more than any picture or sound that Kling takes. */
const defaultMegabytes = 50

/**
 * Turns what is given for a picture, a clip or a sound into what Kling takes there: a URL stays a URL, everything else
 * becomes bare base64. Sounds are checked here, on their real bytes; pictures with the rest of the input, by their
 * operation. Clips, and whatever else Kling takes by URL only, are refused with what to do about it.
 */
export const readMediaInput = Effect.fnUntraced(
  function* (
    field: string,
    wanted: MediaRule | MediaRule["kind"],
    source: MediaSource,
    config: MediaConfig
  ): Effect.fn.Return<string, KlingError | JobError, FileSystem.FileSystem | Path.Path | Scope.Scope> {
    const rule = typeof wanted === "string" ? widest[wanted] : wanted
    const found = yield* findMedia(field, source, config)
    if (found.at === "url") return yield* handedOn(field, found.url, config)
    if (rule.urlOnly === true) return yield* refuse(field, [yield* byUrlOnly(rule, found)])
    // Core reads the head of pasted text itself; decoding and encoding it again would change nothing.
    if (rule.kind === "image" && found.at === "text") return found.base64
    const bytes = yield* readBytes(field, found, rule.maxMegabytes ?? defaultMegabytes)
    if (rule.kind !== "image") yield* checkBytes(field, rule, bytes)
    return Base64.encode(bytes)
  },
  (effect) => Effect.scoped(effect)
)

const checkBytes = Effect.fnUntraced(function* (field: string, rule: MediaRule, bytes: Uint8Array) {
  const facts = yield* probeMedia(bytes)
  if (facts === undefined) {
    const is = readContainer(bytes)?.extension
    const taken = `${rule.formats.join(", ")} are taken`
    return yield* refuse(field, [
      is === undefined ? `is not a readable ${words[rule.kind]}; ${taken}` : `is ${is}; only ${taken}`
    ])
  }
  const problems = mediaProblems(rule, facts, bytes.length)
  if (problems.length > 0) return yield* refuse(field, problems)
})

const words = { image: "picture", video: "clip", audio: "sound" } as const

/** Why a local file cannot be sent, what to do, and whether it would be refused even then. */
const byUrlOnly = Effect.fnUntraced(function* (rule: MediaRule, found: Exclude<FoundMedia, { readonly at: "url" }>) {
  const name = found.at === "file" ? untrustedText(found.name, 120) : `this ${words[rule.kind]}`
  const way = `${name} cannot be sent from here: Kling takes it by URL only, and has no upload. Put it where Kling can reach it and give its https URL`
  const own = `what Kling made itself can be given by its result URL, or by its video id where the operation takes one`
  const media = found.at === "file" ? found : found.at === "bytes" ? found.bytes : undefined
  const facts = media === undefined ? undefined : yield* probeMedia(media)
  if (facts === undefined) return `${way}; ${own}`
  const problems = mediaProblems(rule, facts, media instanceof Uint8Array ? media.length : (media?.sizeBytes ?? 0))
  return problems.length === 0
    ? `${way}; ${own}`
    : `${way}; ${own}. It would be refused there too: it ${problems.join(", and it ")}`
})

const refuse = (field: string, messages: ReadonlyArray<string>): KlingError =>
  invalidInput(messages.map((message) => ({ field, message })))
