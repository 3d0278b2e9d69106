import { klingCodes } from "@klingkit/core"
import { Schema } from "effect"
import { Switches } from "./switches.ts"

const codes = klingCodes.map(({ code }) => code)
const Seconds = Schema.Number.check(Schema.isGreaterThanOrEqualTo(0))
const Positive = Schema.Number.check(Schema.isGreaterThan(0))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

const target = {
  /** An operation id or a path, `*` standing for anything: `new.t2v.*`, `/v1/images/*`. */
  on: Schema.optionalKey(Schema.String),
  /** Strikes from the nth matching request on; 1 is the next one. */
  nth: Schema.optionalKey(Count),
  /** How often it strikes: once unless told otherwise, always when only a probability is given. */
  count: Schema.optionalKey(Schema.Union([Count, Schema.Literal("always")])),
  probability: Schema.optionalKey(Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 1 })))
}

/** What a fault strikes when it does not say `on`. */
export type FaultReach = "creates" | "files" | "callbacks"

const kind = <const Name extends string, Fields extends Schema.Struct.Fields>(
  name: Name,
  reach: FaultReach,
  meaning: string,
  fields: Fields
) => ({ name, reach, meaning, schema: Schema.Struct({ fault: Schema.tag(name), ...target, ...fields }) })

const kinds = [
  kind("refuse", "creates", "answers with this code and makes no task", {
    code: Schema.Int.check(
      Schema.makeFilter((code: number) => codes.includes(code) || `must be one of ${codes.join(", ")}`)
    ),
    message: Schema.optionalKey(Schema.String),
    /** The `Retry-After` header: seconds, or any text as it is to be sent. */
    retryAfter: Schema.optionalKey(Schema.Union([Schema.String, Schema.Number]))
  }),
  kind("drop", "creates", "ends the connection before anything is done", {}),
  kind("commit-then-drop", "creates", "does it, then ends the connection without an answer", {}),
  kind("commit-then-rst", "creates", "does it, then resets the connection", {}),
  kind("commit-then-hang", "creates", "does it, then never answers", {}),
  kind("commit-then-truncate", "creates", "does it, then ends the connection in the middle of the answer", {
    afterBytes: Schema.optionalKey(Count)
  }),
  kind("commit-then-502", "creates", "does it, then answers 502 with a gateway's HTML page", {}),
  kind("late-commit", "creates", "loses the answer; the task comes into being this much later", { seconds: Positive }),
  kind("late-visibility", "creates", "look-ups find the task only after this time", { seconds: Positive }),
  kind("uniqueness-off", "creates", "takes an external id that was used before", {}),
  kind("fail", "creates", "makes a task that will end as failed", { message: Schema.optionalKey(Schema.String) }),
  kind("slow", "creates", "answers this much later", { delayMs: Positive }),
  kind("cut-download", "files", "ends the connection after so many bytes of the file", { afterBytes: Count }),
  kind("slow-download", "files", "sends the file at this pace", { bytesPerSecond: Positive }),
  kind("html-download", "files", "answers 200 with an HTML page in place of the file", {}),
  kind("callback-lost", "callbacks", "does not call back", {}),
  kind("callback-twice", "callbacks", "calls back twice with the same id", {}),
  kind("callback-late", "callbacks", "calls back this much later", { seconds: Seconds }),
  kind("callback-forged", "callbacks", "signs the callback with another secret", {})
] as const

/** What each kind of fault strikes and does, for `--help` and for matching. */
export const faultKinds: ReadonlyArray<{
  readonly name: Fault["fault"]
  readonly reach: FaultReach
  readonly meaning: string
}> = kinds

export const Fault = Schema.Union(kinds.map(({ schema }) => schema))
export type Fault = typeof Fault.Type
export type FaultOf<Name extends Fault["fault"]> = Extract<Fault, { readonly fault: Name }>

/** Packs as the account holds them: units left, and how many tasks may run at once. */
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
