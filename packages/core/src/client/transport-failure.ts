import { Predicate } from "effect"
import type { HttpClientError } from "effect/http"
import type { KlingErrorReason } from "../errors/kling-error.ts"

// DNS, connection and TLS handshake failures: not one byte of the request was sent.
const nothingSent: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID"
])

/** Distinguishes a request that was never sent from one whose response was lost; when in doubt, it was sent. */
export const transportFailure = (error: HttpClientError.HttpClientError): KlingErrorReason => {
  const { reason } = error
  if (reason._tag === "InvalidUrlError" || reason._tag === "EncodeError") {
    return { _tag: "NotConnected", detail: reason.message }
  }
  const codes = causeCodes(reason.cause)
  const detail = codes.length === 0 ? "no response arrived" : codes.join(", ")
  return codes.length > 0 && codes.every((code) => nothingSent.has(code))
    ? { _tag: "NotConnected", detail }
    : { _tag: "ConnectionLost", detail }
}

/** The codes at the roots of nested causes; an aggregate (one attempt per address) yields one each. */
const causeCodes = (cause: unknown, depth = 0): ReadonlyArray<string> => {
  if (!Predicate.isObject(cause) || depth > 5) return []
  const { errors, cause: inner, code } = cause as { errors?: unknown; cause?: unknown; code?: unknown }
  if (Array.isArray(errors) && errors.length > 0) return errors.flatMap((error) => causeCodes(error, depth + 1))
  const deeper = causeCodes(inner, depth + 1)
  return deeper.length > 0 ? deeper : Predicate.isString(code) ? [code] : []
}
