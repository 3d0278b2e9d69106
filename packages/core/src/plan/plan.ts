import { Effect, Result, Struct } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import { invalidInput, type KlingError } from "../errors/kling-error.ts"
import { imageNotes } from "../media/image-notes.ts"
import type { AnyOperation } from "../operation.ts"
import type { Problem } from "../errors/problem.ts"
import { checkInput, type Rule } from "../params/check-input.ts"
import { markChecked } from "../params/checked-inputs.ts"
import { givenInput, sentInput } from "../params/effective-input.ts"
import { writeBody } from "../params/body-path.ts"
import { type RequestTarget, requestTarget } from "../params/request-target.ts"
import type { CheaperSetting } from "../prices/cheaper-setting.ts"
import type { Quote } from "../prices/quote.ts"
import { isExactNumber } from "../wire/json.ts"
import type { StoredRequest } from "./stored-request.ts"

/** How a request becomes a call to Kling: which operation, with what input, at what price, and why. */
export interface Plan {
  readonly operation: AnyOperation
  readonly input: Readonly<Record<string, unknown>>
  /** The model's name as Kling spells it on this path. */
  readonly model: string
  /** Why this operation and this generation, one phrase each. */
  readonly reasons: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<string>
  readonly quote: Quote
  /** Several takes of the request at once: how many, and the price of each. `quote` is of all of them. */
  readonly variants?: { readonly count: number; readonly quote: Quote }
  /** What it plans, in the words of the request: what the ledger keeps of it. */
  readonly request?: StoredRequest
  /** By value in the input: the result of an earlier task that it is, `kk-img-...#1`. It stays when the link to it changes. */
  readonly references?: ReadonlyMap<string, string>
  /** How the same request costs less, with one setting changed; planned when it is asked for. Absent: not known. */
  readonly cheaper?: Effect.Effect<ReadonlyArray<CheaperSetting>>
  /**
   * The same request as it may also be sent: on the path of the account's other kind of credential, or with a result by its link
   * instead of its id. What was made so is not made again.
   */
  readonly otherPath?: Pick<Plan, "operation" | "input">
}

/** A plan for one kind of credential that knows what the other kind would send, if it can make the request at all. */
export const planBothPaths = <E>(
  plan: (credential: CredentialKind) => Effect.Effect<Plan, E>,
  credential: CredentialKind
): Effect.Effect<Plan, E> =>
  Effect.gen(function* () {
    const planned = yield* plan(credential)
    const other = yield* Effect.result(plan(credential === "api-key" ? "key-pair" : "api-key"))
    if (Result.isFailure(other) || other.success.operation.id === planned.operation.id) return planned
    return { ...planned, otherPath: Struct.pick(other.success, ["operation", "input"]) }
  })

/** The exact request of a plan; inline images are shortened for display. */
export const describeRequest = ({ operation, input }: Plan): RequestTarget & { readonly method: string } => {
  const { body, ...target } = requestTarget(operation, writeBody(operation.params, sentInput(operation, input)))
  return { method: operation.method, ...target, ...(body === undefined ? {} : { body: shorten(body) }) }
}

interface Draft extends Omit<
  Plan,
  "quote" | "input" | "variants" | "request" | "references" | "cheaper" | "otherPath"
> {
  readonly input: Readonly<Record<string, unknown>>
  /** Maps a path in the operation's input to the field of the request: `firstFrame` to `image`. */
  readonly nameOf: (path: string) => string
  /** The name of a known model, for messages about its limits. */
  readonly limitsOf?: string | undefined
  /** What is wrong with the request already. */
  readonly problems?: ReadonlyArray<Problem>
}

/** Checks a draft against the operation's limits and prices it. Sends nothing. */
export const finishPlan = (draft: Draft): Effect.Effect<Plan, KlingError> => {
  const { operation } = draft
  const input = givenInput(operation.params, draft.input)
  const { nameOf, limitsOf, problems: earlier = [], ...plan } = draft
  const problems = [...earlier, ...requestProblems(operation, operation.rules, input, nameOf, limitsOf)]
  if (problems.length > 0) return refuse(problems, operation)
  const warnings = [...plan.warnings, ...imageNotes(operation.params, input, nameOf)]
  return Effect.succeed({ ...plan, warnings, input: markChecked(operation, input), quote: operation.price(input) })
}

/** The problems of an input, in the field names of the request. */
export const requestProblems = (
  { params }: AnyOperation,
  rules: ReadonlyArray<Rule>,
  input: Readonly<Record<string, unknown>>,
  nameOf: (path: string) => string,
  model?: string
): ReadonlyArray<Problem> =>
  checkInput(params, rules, input, undefined, model).map(({ field, message }) => ({ field: nameOf(field), message }))

export const refuse = (problems: ReadonlyArray<Problem>, operation?: AnyOperation): Effect.Effect<never, KlingError> =>
  Effect.fail(invalidInput(problems, operation?.id))

/** Why a request takes this path. */
export const credentialReason = (credential: CredentialKind): string =>
  credential === "api-key" ? "new API (API key)" : "legacy API (access/secret key pair)"

const shorten = (value: unknown): unknown => {
  if (typeof value === "string") {
    return value.length > 4000 ? `${value.slice(0, 40)}... (${value.length} characters)` : value
  }
  if (typeof value !== "object" || value === null || isExactNumber(value)) return value
  if (Array.isArray(value)) return value.map(shorten)
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, shorten(entry)]))
}
