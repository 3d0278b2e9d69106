import type { BudgetLine } from "@klingkit/jobs"
import { localPrincipal } from "@klingkit/jobs/internal"

/** A caller of a hosted server, and what it may do. */
export interface Principal {
  /** Whose tasks these are: the subject of a token, or `key:NAME`. */
  readonly id: string
  readonly scopes: ReadonlyArray<string>
  /** Whose budgets count what it spends. */
  readonly budgetLine: BudgetLine
  /** The OAuth client, or the name of the access key. */
  readonly clientId: string
  /** In seconds since 1970. An access key is valid until it is revoked. */
  readonly expiresAt?: number
}

const keyPrefix = "key:"

export const principalOfKey = (name: string): string => `${keyPrefix}${name}`

/** A subject that would get the tasks of an access key, or those of the server's own user. */
export const isReserved = (subject: string): boolean => subject === localPrincipal || subject.startsWith(keyPrefix)

/** What a budget can be of: one line of text. */
export const isBudgetName = (name: string): boolean => name.trim() === name && /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(name)
