import { Effect } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import { invalidInput, type KlingError } from "../errors/kling-error.ts"
import type { AnyOperation } from "../operation.ts"
import { checkInput, type Problem } from "../params/check-input.ts"
import { writeBody } from "../params/place.ts"
import { type RequestTarget, requestTarget } from "../params/request-target.ts"
import type { Quote } from "../prices/quote.ts"

/** How a request of a person becomes a request to Kling: which operation, with what input, at what price, and why. */
export interface Plan {
  readonly operation: AnyOperation
  readonly input: Readonly<Record<string, unknown>>
  /** The model's name in use, as Kling spells it on this path. */
  readonly model: string
  /** Why this operation and this generation, one sentence each. */
  readonly reasons: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<string>
  readonly quote: Quote
}

/** The exact request that a plan stands for; inline pictures are shortened for the eye. */
export const describeRequest = ({ operation, input }: Plan): RequestTarget & { readonly method: string } => {
  const { body, ...target } = requestTarget(operation, writeBody(operation.params, input))
  return { method: operation.method, ...target, ...(body === undefined ? {} : { body: shorten(body) }) }
}

interface Draft extends Omit<Plan, "quote" | "input"> {
  readonly input: Readonly<Record<string, unknown>>
  /** What the person calls a place of the operation's input: `firstFrame` is their `image`. */
  readonly nameOf: (place: string) => string
}

/** Checks a drafted request against the operation's own limits and prices it. Nothing is sent. */
export const finishPlan = (draft: Draft): Effect.Effect<Plan, KlingError> => {
  const input = Object.fromEntries(Object.entries(draft.input).filter(([, value]) => value !== undefined))
  const { operation } = draft
  const { nameOf, ...plan } = draft
  const problems = checkInput(operation.params, operation.rules, input)
  if (problems.length > 0) {
    return refuse(
      problems.map(({ field, message }) => ({ field: nameOf(field), message })),
      operation
    )
  }
  return Effect.succeed({ ...plan, input, quote: operation.price(input) })
}

export const refuse = (problems: ReadonlyArray<Problem>, operation?: AnyOperation): Effect.Effect<never, KlingError> =>
  Effect.fail(invalidInput(problems, operation?.id))

/** Why a request takes the path it takes. */
export const credentialReason = (credential: CredentialKind): string =>
  credential === "api-key"
    ? "an API key reaches the new paths"
    : "an access/secret key pair reaches the legacy paths only"

const shorten = (value: unknown): unknown => {
  if (typeof value === "string") {
    return value.length > 4000 ? `${value.slice(0, 40)}... (${value.length} characters)` : value
  }
  // A number kept as its digits looks like an object to everything but the JSON writer.
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  if (Array.isArray(value)) return value.map(shorten)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shorten(one)]))
}
