import type { Scope } from "@klingkit/tools"
import { Data } from "effect"

/** Why a caller is not served. Its request has reached no tool: nothing was sent to Kling, nothing charged. */
export class AccessDenied extends Data.TaggedError("AccessDenied")<{
  /**
   * `missing`: no credential. `invalid`: it opens nothing. `scope`: it may not do this. `unavailable`: it cannot be checked at
   * the moment.
   */
  readonly reason: "missing" | "invalid" | "scope" | "unavailable"
  /** For the caller; no quotes or backslashes, since a header quotes it. */
  readonly message: string
  /** That the call needs, where one call needs more than others. */
  readonly scope?: Scope
}> {}
