import type { Schema } from "effect"
import type { Rule } from "./params/check-input.ts"
import type { InputOf, Params } from "./params/param.ts"
import type { Quote } from "./prices/quote.ts"

/** `solutions` and `account` are apart from the two generations of the models: own paths, the newer envelope. */
export type Generation = "legacy" | "new" | "solutions" | "account"

/**
 * The short word inside a handle, `kk-<family>-...`: it says where the task can be read again.
 * One family is one legacy path, or a product of the new generation.
 */
export type Family = string

/**
 * - `create`: makes a task, read later by id
 * - `call`: answers at once
 * - `read`: looks, changes nothing, may be repeated
 * - `delete`: removes an element or a voice, answers at once
 */
export type OperationKind = "create" | "call" | "read" | "delete"

/** A clip or sound of an input: Kling's id of a result, or a URL or bare base64. */
export type LengthSource = { readonly id: string } | { readonly media: string }

/** Everything klingkit knows of one Kling operation. All faces (client, emulator, CLI, tools, docs) are derived from it. */
export interface Operation<P extends Params = Params, Id extends string = string, Output = unknown> {
  readonly id: Id
  readonly summary: string
  readonly generation: Generation
  readonly family: Family
  readonly kind: OperationKind
  readonly method: "GET" | "POST"
  readonly path: string
  readonly billed: boolean
  readonly confidence: "high" | "medium" | "low"
  /** When Kling introduced it, as far as known: `2026-06-17`, `2025`. */
  readonly since: string
  /** What is odd about its state: retired models, an unproven host. Absent when simply live. */
  readonly state?: string
  /** Kling's names of the models that it runs; empty when it has none. */
  readonly models: ReadonlyArray<string>
  readonly params: P
  readonly rules: ReadonlyArray<Rule>
  /** Where the caller's own id goes in the body; absent when Kling takes none, so a lost answer cannot be found again. */
  readonly externalId?: string
  /** Kling also lists these tasks, page by page. */
  readonly listed: boolean
  /** A typical input, for the docs and for whoever tries the operation out; legal as it stands. */
  readonly example: InputOf<P>
  /** What `data` holds when the answer is not a task. */
  readonly output?: Schema.Codec<Output, unknown>
  /** The clip or sound of the input whose length decides the price; absent where none does. */
  lengthFrom?(input: InputOf<P>): LengthSource | undefined
  /** `sourceSeconds` is the length of what `lengthFrom` names, where it could be measured. */
  price(input: InputOf<P>, sourceSeconds?: number): Quote
  /** How long Kling usually takes to finish such a task, in seconds: an estimate that paces the polling. */
  usualSeconds(input: InputOf<P>): number
}

/** Any operation: its `price` and `usualSeconds` want an input that its own `params` and `rules` have accepted. */
export type AnyOperation = Operation

type Declared<P extends Params, Id extends string, Output> = Pick<
  Operation<P, Id, Output>,
  "id" | "summary" | "family" | "path" | "params"
> &
  Partial<Omit<Operation<P, Id, Output>, "id" | "summary" | "family" | "path" | "params" | "rules" | "externalId">> & {
    readonly rules?: ReadonlyArray<Rule<InputOf<P>>>
    readonly externalId?: string | undefined
    readonly example: NoInfer<InputOf<P>>
    price(input: InputOf<P>, sourceSeconds?: number): Quote
  }

/**
 * Declares one operation. What most operations share is filled in: a billed POST create, high confidence, listed,
 * with the external id where its generation keeps it. Pass `externalId: undefined` for those that take none.
 */
export const operation = <const P extends Params, const Id extends string, Output = never>(
  declared: Declared<P, Id, Output>
): Operation<P, Id, Output> => {
  const { externalId: place, ...rest } = declared
  const generation = generationOf(declared.path)
  const kind = declared.kind ?? "create"
  const externalId =
    kind === "create" && !("externalId" in declared)
      ? generation === "legacy"
        ? "external_task_id"
        : "options.external_task_id"
      : place
  return {
    generation,
    kind,
    method: "POST",
    billed: kind === "create",
    confidence: "high",
    since: "2024",
    models: [],
    listed: kind === "create",
    usualSeconds: () => 60,
    ...rest,
    rules: declared.rules ?? [],
    ...(externalId === undefined ? {} : { externalId })
  }
}

const generationOf = (path: string): Generation =>
  path.startsWith("/v1/")
    ? "legacy"
    : path.startsWith("/solutions")
      ? "solutions"
      : path.startsWith("/account")
        ? "account"
        : "new"

/** Whichever of the two is given. */
export const sourceOf = (id: string | undefined, media: string | undefined): LengthSource | undefined =>
  id === undefined ? (media === undefined ? undefined : { media }) : { id }

/** Rests on one source or an analogy: shown as experimental wherever it is listed. */
export const isExperimental = (one: Pick<AnyOperation, "confidence">): boolean => one.confidence === "low"
