import { klingCodes } from "@klingkit/core"
import { Schema } from "effect"
import { Switches } from "./switches.ts"

const codes = klingCodes.map(({ code }) => code)
const Seconds = Schema.Number.check(Schema.isGreaterThanOrEqualTo(0))
const Positive = Schema.Number.check(Schema.isGreaterThan(0))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

const target = {
  /** An operation id or a path, with `*` as a wildcard: `new.t2v.*`, `/v1/images/*`. */
  on: Schema.optionalKey(Schema.String),
  /** Applies from the nth matching request on; 1 is the next one. */
  nth: Schema.optionalKey(Count),
  /** How often it applies: once by default, always when only a probability is given. */
  count: Schema.optionalKey(Schema.Union([Count, Schema.Literal("always")])),
  probability: Schema.optionalKey(Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 1 })))
}

/** What a fault targets without `on`. */
export type FaultScope = "creates" | "reads" | "files" | "callbacks"

const kind = <const Name extends string, Fields extends Schema.Struct.Fields>(
  name: Name,
  scope: FaultScope,
  meaning: string,
  fields: Fields
) => ({ name, scope, meaning, schema: Schema.Struct({ fault: Schema.tag(name), ...target, ...fields }) })

const kinds = [
  kind("refuse", "creates", "returns this code and creates no task", {
    code: Schema.Int.check(
      Schema.makeFilter((code: number) => codes.includes(code) || `must be one of ${codes.join(", ")}`)
    ),
    message: Schema.optionalKey(Schema.String),
    /** The `Retry-After` header: seconds, or any text verbatim. */
    retryAfter: Schema.optionalKey(Schema.Union([Schema.String, Schema.Number]))
  }),
  kind("drop", "creates", "closes the connection before executing the request", {}),
  kind("commit-then-drop", "creates", "executes the request, then closes the connection without a response", {}),
  kind("commit-then-rst", "creates", "executes the request, then resets the connection", {}),
  kind("commit-then-hang", "creates", "executes the request, then never responds", {}),
  kind(
    "commit-then-truncate",
    "creates",
    "executes the request, then closes the connection in the middle of the response",
    {
      afterBytes: Schema.optionalKey(Count)
    }
  ),
  kind("commit-then-502", "creates", "executes the request, then returns 502 with a gateway's HTML page", {}),
  kind("late-commit", "creates", "loses the response; the task is created this much later", { seconds: Positive }),
  kind("late-visibility", "creates", "lookups find the task only after this time", { seconds: Positive }),
  kind("uniqueness-off", "creates", "accepts an external id that was already used", {}),
  kind("external-id-ignored", "creates", "drops the external id, so that the task has none", {}),
  kind("external-id-refused", "creates", "rejects a create that sends an external id", {}),
  kind("never-ends", "creates", "creates a task that stays in processing and keeps its slot", {}),
  kind("fail", "creates", "creates a task that will fail", { message: Schema.optionalKey(Schema.String) }),
  kind("slow", "creates", "responds this much later", { delayMs: Positive }),
  kind("other-external-id", "creates", "answers a create with the external id of another request", {}),
  kind("echo-key", "creates", "rejects the request and repeats the credential in its message, in this spelling", {
    as: Schema.Literals(["plain", "escaped", "percent", "base64", "tail"])
  }),
  kind("null-data", "reads", "returns code 0 with null instead of the data", {}),
  kind("html-page", "reads", "returns an HTML page instead of JSON", {
    /** 403 by default. */
    status: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 })))
  }),
  kind("invalid-utf8", "reads", "returns an answer with a byte that is not UTF-8", {}),
  kind("nested-answer", "reads", "returns nothing but this many opening brackets", {
    bytes: Schema.optionalKey(Count)
  }),
  kind("unknown-status", "reads", "replaces the status of unfinished tasks by a word that is not documented", {
    word: Schema.optionalKey(Schema.String)
  }),
  kind("early-success", "reads", "reports tasks as succeeded, without their results and their bill", {}),
  kind("partial-results", "reads", "shows only the first results of tasks that have succeeded", {
    /** 1 by default. */
    results: Schema.optionalKey(Count)
  }),
  kind("late-bill", "reads", "leaves out what tasks have cost", {}),
  kind("dead-links", "reads", "shows links to results that answer 403, as expired ones do", {}),
  kind("odd-numbers", "reads", "returns times in the far future, and negative charges", {
    time: Schema.optionalKey(Schema.Number),
    amount: Schema.optionalKey(Schema.Number)
  }),
  kind(
    "hostile-strings",
    "reads",
    "puts line breaks, control characters and backward text into messages, URLs and names",
    {
      /** Into the ids of tasks as well. */
      ids: Schema.optionalKey(Schema.Boolean)
    }
  ),
  kind("cut-download", "files", "closes the connection after this many bytes of the file", { afterBytes: Count }),
  kind("slow-download", "files", "sends the file at this rate", { bytesPerSecond: Positive }),
  kind("html-download", "files", "returns 200 with an HTML page instead of the file", {}),
  kind("callback-lost", "callbacks", "does not send the callback", {}),
  kind("callback-twice", "callbacks", "sends the callback twice with the same id", {}),
  kind("callback-late", "callbacks", "sends the callback this much later", { seconds: Seconds }),
  kind("callback-forged", "callbacks", "signs the callback with another secret", {})
] as const

/** The scope and the meaning of each fault, for `--help` and for matching. */
export const faultKinds: ReadonlyArray<{
  readonly name: Fault["fault"]
  readonly scope: FaultScope
  readonly meaning: string
}> = kinds

export const Fault = Schema.Union(kinds.map(({ schema }) => schema))
export type Fault = typeof Fault.Type
export type FaultOf<Name extends Fault["fault"]> = Extract<Fault, { readonly fault: Name }>

/** A pack of the account: its remaining units and its concurrency limit. */
const PackSize = Schema.Struct({
  units: Schema.optionalKey(Schema.Number.check(Schema.isGreaterThanOrEqualTo(0))),
  concurrency: Schema.optionalKey(Count)
})

/** A faults file, and the body of `POST /_emulator/faults`: it adds faults, and sets switches and packs. */
export const FaultPlan = Schema.Struct({
  faults: Schema.optionalKey(Schema.Array(Fault)),
  switches: Schema.optionalKey(Switches),
  packs: Schema.optionalKey(
    Schema.Struct({
      video: Schema.optionalKey(PackSize),
      image: Schema.optionalKey(PackSize),
      "try-on": Schema.optionalKey(PackSize)
    })
  )
})
export type FaultPlan = typeof FaultPlan.Type
