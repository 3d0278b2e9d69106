import { sanitizeText } from "../errors/sanitize-text.ts"
import type { MediaRule } from "./media-rules.ts"

/** A result of an earlier task, as callers name it: `kk-img-...`, `kk-img-...#3`, `kk-t2v-...@last`, or the same with an id of Kling. */
export interface MediaReference {
  /** A handle, a task id of Kling, or the id of a result. */
  readonly id: string
  /** Which of the task's results, from 1. */
  readonly number?: number
  /** A frame of the video, which is an image. */
  readonly frame?: "first" | "last"
}

/** Handles say what they are; of Kling's ids only the long numbers, since a short one may be the name of a file. */
const idPattern = /^(kk-[a-z0-9]+-[^\s#@./\\]+|\d{15,20})$/
const pattern = /^([^#@]+)([#@].*)?$/s
const suffix = /^(?:#([1-9]\d{0,2}))?(?:@(first|last))?$/

/**
 * The reference in a media input; nothing where it is a URL, a path or base64. A text says what is wrong with its ending.
 * `isName` knows ids that do not look like one, such as those of the steps of a plan.
 */
export const readMediaReference = (
  given: string,
  isName: (id: string) => boolean = () => false
): MediaReference | string | undefined => {
  const [, id, ending = ""] = pattern.exec(given.trim()) ?? []
  if (id === undefined || !(idPattern.test(id) || isName(id))) return undefined
  const [read, number, frame] = suffix.exec(ending) ?? []
  if (read === undefined) {
    return `ends in ${sanitizeText(ending, 40)}; after an id stands nothing, #1, #2, ... for one of several results, or @first or @last for a frame of a video`
  }
  return {
    id,
    ...(number === undefined ? {} : { number: Number(number) }),
    ...(frame === "first" || frame === "last" ? { frame } : {})
  }
}

/** What a medium is taken from: a recording of a voice may be that of a video. */
export const acceptedTypes = ({
  kind,
  formats
}: Pick<MediaRule, "kind" | "formats">): readonly [MediaRule["kind"], ...ReadonlyArray<MediaRule["kind"]>] =>
  kind === "audio" && formats.includes("mp4") ? ["audio", "video"] : [kind]
