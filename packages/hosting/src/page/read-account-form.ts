import type { Credentials } from "@klingkit/core"
import { Redacted } from "effect"
import type { KlingAccount } from "../accounts/kling-accounts.ts"

type Read<A> = { readonly read: A } | { readonly problem: string }

/** What a user has entered. What is wrong with a key's shape is said when it is checked. */
export const readAccountForm = (form: URLSearchParams): Read<KlingAccount> => {
  const entered = (name: string) => form.get(name)?.trim() ?? ""
  const [apiKey, accessKey, secretKey] = [entered("api_key"), entered("access_key"), entered("secret_key")]
  const region = entered("region") || "global"
  const limit = readLimit(form)
  if ("problem" in limit) return limit
  if (region !== "global" && region !== "china") return { problem: "Choose one of the regions." }
  if (apiKey !== "" && `${accessKey}${secretKey}` !== "") {
    return { problem: "Enter an API key or a key pair, not both." }
  }
  if (apiKey === "" && (accessKey === "" || secretKey === "")) {
    return {
      problem:
        `${accessKey}${secretKey}` === "" ? "Enter an API key, or a key pair." : "Enter both halves of the key pair."
    }
  }
  const credentials: Credentials =
    apiKey === ""
      ? { kind: "key-pair", accessKey, secretKey: Redacted.make(secretKey) }
      : { kind: "api-key", apiKey: Redacted.make(apiKey) }
  return { read: { credentials, region, ...(limit.read === undefined ? {} : { maxUsdPerDay: limit.read }) } }
}

/** An unreadable limit is not no limit. */
export const readLimit = (form: URLSearchParams): Read<number | undefined> => {
  const text = form.get("max_usd_per_day")?.trim() ?? ""
  if (text === "") return { read: undefined }
  const usd = Number(text)
  return /^\d+(\.\d+)?$/.test(text) && Number.isFinite(usd)
    ? { read: usd }
    : { problem: "The limit must be an amount in USD, such as 2.50." }
}
