import type { KlingError } from "@klingkit/core"
import { type NameSetting, sanitizeText } from "@klingkit/core/internal"
import type { KlingAway } from "../accounts/check-account.ts"

/** What the fields of the form are called. */
const labels: Partial<Record<Parameters<NameSetting>[0], string>> = {
  apiKey: "API key",
  accessKey: "access key",
  secretKey: "secret key",
  baseUrl: "the server's base URL of Kling"
}

/** Why a key was not accepted, for the user who entered it. */
export const keyProblem = (error: KlingError | KlingAway): string => {
  if (error._tag === "KlingAway") {
    return "Kling cannot be reached at the moment, so the key was not checked. Try again in a moment."
  }
  const { _tag } = error.reason
  const text = sanitizeText(
    error.describe((setting) => labels[setting] ?? setting),
    600
  )
  return _tag === "Unauthorized" || _tag === "TokenRejected"
    ? `Kling does not accept this key: ${text}. Check that it is complete, not revoked, and of the region that you chose.`
    : `The account cannot be used: ${text}.`
}
