import type { MediaRule, Problem } from "@klingkit/core"
import { acceptedTypes, checkImageHeader } from "@klingkit/core/internal"
import { mediaProblems, sizeProblem } from "./check-media.ts"
import type { FileFacts } from "./inspect-file.ts"

/** What Kling would reject about a file that it fetches by URL, from what is known of the file. */
export const fileProblems = (rule: MediaRule, file: FileFacts): ReadonlyArray<Omit<Problem, "field">> => {
  const { kind, format, bytes, width = 0, height = 0 } = file
  const accepted: ReadonlyArray<MediaRule["kind"]> = acceptedTypes(rule)
  if (!accepted.includes(kind)) return [{ message: `is ${nouns[kind]}, not ${nouns[rule.kind]}` }]
  if (kind !== "image") return mediaProblems(rule, file, bytes)
  const problem = checkImageHeader(rule, { format, width, height })
  return [sizeProblem(rule, bytes), problem === undefined ? undefined : { message: problem }].filter(
    (one) => one !== undefined
  )
}

const nouns: Readonly<Record<MediaRule["kind"], string>> = { image: "an image", video: "a video", audio: "audio" }
