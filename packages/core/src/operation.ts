import type { Schema } from "effect"
import type { ModelFacts } from "./models/model-facts.ts"
import type { Rule } from "./params/check-input.ts"
import type { InputOf, Params } from "./params/param.ts"
import type { Quote } from "./prices/quote.ts"

/** `solutions` and `account` belong to neither model generation: own paths, the newer envelope. */
export type Generation = "legacy" | "new" | "solutions" | "account"

/**
 * The short word in a handle, `kk-<family>-...`, from which the task's read path follows.
 * One family is one legacy path, or a product of the new generation.
 */
export type Family = string

/**
 * - `create`: creates a task, which is read later by id
 * - `call`: synchronous
 * - `read`: changes nothing and is safe to retry
 * - `delete`: deletes an element or a voice, synchronously
 */
export type OperationKind = "create" | "call" | "read" | "delete"

/**
 * Whether Kling finds a task again by the id that a client sends with its create: what may be done after a lost response.
 * - `proven`: Kling documents it, for an operation that is known to be live; not found means not made, so it is resent once
 * - `unproven`: the id is sent, but not finding it proves nothing; never resent
 * - `no`: no id is sent; never resent
 */
export type FindableByExternalId = "proven" | "unproven" | "no"

/** A video or audio input: Kling's id of an earlier result, or a URL or bare base64. */
export type LengthSource = { readonly id: string } | { readonly media: string }

/** One Kling operation. The client, the emulator, the CLI, the tools and the docs are all derived from it. */
export interface Operation<
  P extends Params = Params,
  Id extends string = string,
  Output = unknown,
  Kind extends OperationKind = OperationKind
> {
  readonly id: Id
  readonly summary: string
  readonly generation: Generation
  readonly family: Family
  readonly kind: Kind
  readonly method: "GET" | "POST"
  readonly path: string
  readonly billed: boolean
  readonly confidence: "high" | "medium" | "low"
  /** When Kling introduced it, as precisely as known: `2026-06-17`, `2025`. */
  readonly since: string
  /** A caveat about its availability: retired models, an unverified host. Absent when live. */
  readonly state?: string
  /** Kling's names of the models that it accepts; empty when it takes no model. */
  readonly models: ReadonlyArray<string>
  /** What its params cannot say of those models; the model table is derived from both. */
  readonly facts?: ReadonlyArray<ModelFacts>
  readonly params: P
  readonly rules: ReadonlyArray<Rule>
  /** Two params for one thing, of which one is given: a result of Kling by its id, or the result itself. */
  readonly idOrMedia?: readonly [id: string, media: string]
  readonly findableByExternalId: FindableByExternalId
  /** Body path of the caller's own id; absent when none is sent. */
  readonly externalId?: string
  /** Whether Kling also lists these tasks, paged. */
  readonly listed: boolean
  /** A typical valid input, for the docs and for trying the operation out. */
  readonly example: InputOf<P>
  /** The schema of `data` when the response is not a task. */
  readonly output?: Schema.Codec<Output, unknown>
  /** The video or audio input whose length determines the price; absent when none does. */
  lengthFrom?(input: InputOf<P>): LengthSource | undefined
  /** `sourceSeconds` is the length of the media that `lengthFrom` names, if it was measured. */
  price(input: InputOf<P>, sourceSeconds?: number): Quote
  /** Typical time until the task finishes, in seconds: an estimate that paces polling. */
  expectedSeconds(input: InputOf<P>): number
}

/** Any operation: `price` and `expectedSeconds` require an input that `params` and `rules` have accepted. */
export type AnyOperation = TaskOperation | SynchronousOperation

/** Makes a task, which is read later: it is submitted. */
export type TaskOperation<P extends Params = Params, Id extends string = string> = Operation<P, Id, unknown, "create">

/** Answers at once: it is called. */
export type SynchronousOperation<P extends Params = Params, Id extends string = string, Output = unknown> = Operation<
  P,
  Id,
  Output,
  Exclude<OperationKind, "create">
>

type Declared<P extends Params, Id extends string, Output, Kind extends OperationKind> = Pick<
  Operation<P, Id, Output, Kind>,
  "id" | "summary" | "family" | "path" | "params"
> &
  Partial<
    Omit<Operation<P, Id, Output, Kind>, "id" | "summary" | "family" | "path" | "params" | "rules" | "externalId">
  > & {
    readonly rules?: ReadonlyArray<Rule<InputOf<P>>>
    readonly example: NoInfer<InputOf<P>>
    price(input: InputOf<P>, sourceSeconds?: number): Quote
  }

/**
 * Declares one operation. Defaults: a billed POST create, high confidence, listed, with the models of its facts. A create
 * is findable by the external id, at the path of its generation: proven where its own confidence is high, else unproven.
 */
export const operation = <
  const P extends Params,
  const Id extends string,
  Output = never,
  const Kind extends OperationKind = "create"
>(
  declared: Declared<P, Id, Output, Kind>
): Operation<P, Id, Output, Kind> => {
  const generation = generationOf(declared.path)
  // Without a kind, its type is that of a create.
  const kind = declared.kind ?? ("create" as Kind)
  const { confidence = "high" } = declared
  const findableByExternalId =
    declared.findableByExternalId ?? (kind !== "create" ? "no" : confidence === "high" ? "proven" : "unproven")
  const externalId = generation === "legacy" ? "external_task_id" : "options.external_task_id"
  return {
    generation,
    kind,
    method: "POST",
    billed: kind === "create",
    confidence,
    since: "2024",
    models: declared.facts?.map(({ id }) => id) ?? [],
    listed: kind === "create",
    expectedSeconds: () => 60,
    ...declared,
    rules: declared.rules ?? [],
    findableByExternalId,
    ...(findableByExternalId === "no" ? {} : { externalId })
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

/** The given one of the two. */
export const sourceOf = (id: string | undefined, media: string | undefined): LengthSource | undefined =>
  id === undefined ? (media === undefined ? undefined : { media }) : { id }

/** Based on a single source or an analogy: listed as experimental. */
export const isExperimental = (operation: Pick<AnyOperation, "confidence">): boolean => operation.confidence === "low"
