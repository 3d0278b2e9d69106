import type { KlingError } from "@klingkit/core"
import { invalidInput, sanitizeText } from "@klingkit/core/internal"
import { Effect } from "effect"
import { type DenyReason, denyUrl } from "../files/fetch-policy.ts"
import type { MediaConfig } from "./media-source.ts"

/**
 * Checks a URL that Kling will fetch. One that Kling cannot reach, or that contains a password, is refused before
 * anything is paid: the task could only fail.
 */
export const checkRemoteUrl = (
  field: string,
  url: string,
  { privateHosts = [], klingIsLocal = false }: MediaConfig
): Effect.Effect<string, KlingError> => {
  const reason = /[\u0000-\u001f\u007f]/.test(url)
    ? "ControlCharacter"
    : // Kling accepts http too; the policy on hosts is the same for both.
      denyUrl(url.replace(/^http:/i, "https:"), { klingIsLocal, privateHosts })
  const problem =
    reason === undefined ? spellingProblem(url) : `${problemTexts[reason]}; give a file path or a public https URL`
  return problem === undefined ? Effect.succeed(url) : Effect.fail(invalidInput([{ field, message: problem }]))
}

/** What Kling's servers may read otherwise than it was meant. Control characters have a message of their own. */
const spellingProblem = (url: string): string | undefined => {
  if (/[\s,;]https?:\/\//i.test(url)) return "holds several URLs; give each as an entry of its own"
  if (/&amp;/i.test(url)) return "has &amp; in its URL, as copied from HTML; write & instead"
  if (!/[ "<>\\^`{}]|[^\u0000-\u007f]/.test(url)) return undefined
  const encoded = URL.canParse(url) ? new URL(url).href : url
  const hint = encoded === url ? "" : `: write ${sanitizeText(encoded, 300)}`
  return `has a blank or another character in its URL that must be percent-encoded${hint}`
}

const problemTexts: Readonly<Record<DenyReason | "ControlCharacter", string>> = {
  ControlCharacter: "contains a control character",
  Invalid: "is not a valid URL",
  Credentials: "contains a user name or password, which Kling would see",
  NotHttps: "is not https",
  PrivateNetwork: "points into a private network, where Kling cannot fetch it"
}
