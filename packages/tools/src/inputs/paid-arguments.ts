import type { KlingError, Plan } from "@klingkit/core"
import { maxVariants, type PipelinePlan, planVariants } from "@klingkit/core/requests"
import { String as Text, type Effect } from "effect"
import * as z from "zod"
import { unlisted } from "../unlisted.ts"

/** A key is kept with its job, and compared with others. */
const maxKeyLength = 1000

/** Arguments of every paid tool, in addition to its own. The instructions explain them once for all tools. */
export const paidArguments = {
  /** A replayed call must not pay twice, so an identical request returns the same task until ten minutes after its end. */
  take: z.int().min(1).max(99).optional(),
  /** Listed where the operator allows approval by token. */
  confirm_token: unlisted(z.string().optional()),
  /** For programs, which know it from the documentation. */
  idempotency_key: unlisted(
    z
      .string()
      .refine(({ length }) => length <= maxKeyLength, `is too long: at most ${maxKeyLength}`)
      .optional()
  ),
  /** A model says `take`, which a replayed call does not pay for again. */
  allow_duplicate: unlisted(z.boolean().optional())
}

/** Earlier names of arguments: still accepted, no longer listed. */
export const renamedPaidArguments: Readonly<Record<string, string>> = { allow_repeat: "allow_duplicate" }

/** In addition, of every paid tool that makes a task. */
export const variantsArgument = {
  variants: z.int().min(1).max(maxVariants).optional()
}

/** What a call asks for: so many takes of what it describes, at the price of all. */
export const withVariants = <A extends Plan | PipelinePlan>(
  plan: A,
  { variants, allow_duplicate: allowDuplicate }: PaidArguments
): Effect.Effect<A, KlingError> => planVariants(plan, { variants, allowDuplicate }, Text.camelToSnake)

export interface PaidArguments {
  readonly variants?: number | undefined
  readonly take?: number | undefined
  readonly idempotency_key?: string | undefined
  readonly allow_duplicate?: boolean | undefined
  readonly confirm_token?: string | undefined
}
