import { invalidInput, type KlingError } from "@klingkit/core"
import { Effect } from "effect"
import { refuseUrl } from "../files/reach.ts"
import type { MediaConfig } from "./media-source.ts"

/**
 * A URL that Kling is to fetch. One that Kling cannot reach, or that would tell it a password, is refused before anything
 * is paid for: the task could only fail.
 */
export const handedOn = (
  field: string,
  url: string,
  { privateHosts = [], klingIsLocal = false }: MediaConfig
): Effect.Effect<string, KlingError> => {
  const why = /[\u0000-\u001f\u007f]/.test(url)
    ? "holds a line break or another control character"
    : // Kling takes http too; where the URL leads is the same question for both.
      refuseUrl(url.replace(/^http:/i, "https:"), { klingIsLocal, privateHosts })
  return why === undefined
    ? Effect.succeed(url)
    : Effect.fail(
        invalidInput([{ field, message: `${words[why] ?? why}; give the path of a file, or a public https URL` }])
      )
}

const words: Readonly<Record<string, string>> = {
  "is none": "is not a valid URL",
  "carries credentials": "carries a user name or a password, which Kling would learn",
  "points into a private network": "points into a private network, where Kling cannot fetch it"
}
