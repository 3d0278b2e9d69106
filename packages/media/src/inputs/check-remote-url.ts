import type { KlingError } from "@klingkit/core"
import { checkUrl, invalidInput } from "@klingkit/core/internal"
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
    reason === undefined ? checkUrl(url) : `${problemTexts[reason]}; give a file path or a public https URL`
  return problem === undefined ? Effect.succeed(url) : Effect.fail(invalidInput([{ field, message: problem }]))
}

const problemTexts: Readonly<Record<DenyReason | "ControlCharacter", string>> = {
  ControlCharacter: "contains a control character",
  Invalid: "is not a valid URL",
  Credentials: "contains a user name or password, which Kling would see",
  NotHttps: "is not https",
  PrivateNetwork: "points into a private network, where Kling cannot fetch it"
}
