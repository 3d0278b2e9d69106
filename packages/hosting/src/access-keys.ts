import type { BudgetLine, LedgerError, LedgerSource } from "@klingkit/jobs"
import { type AccessKey, lazyLedger, Ledger, sha256Hex } from "@klingkit/jobs/internal"
import type { Scope } from "@klingkit/tools"
import { Context, Effect, Layer, Redacted, Struct } from "effect"
import { principalOfKey, type Principal } from "./principal.ts"
import { randomToken } from "./random-token.ts"

/** Recognized by scanners that look for leaked secrets. */
const prefix = "klingkit_"

export const looksLikeAccessKey = (credential: string): boolean => credential.startsWith(prefix)

/** Whose budgets count what a key spends, beside its own and the organization's. */
export type KeyOwner = Pick<BudgetLine, "person" | "project">

/** Keys of callers, for teams without an issuer of tokens. The ledger stores their hashes only. */
export class AccessKeys extends Context.Service<
  AccessKeys,
  {
    /** A new key, which is never shown again; nothing if the name is taken. */
    issue(
      name: string,
      scopes: ReadonlyArray<Scope>,
      owner?: KeyOwner
    ): Effect.Effect<Redacted.Redacted | undefined, LedgerError>
    /** Whose key this is; nothing if it opens nothing. */
    find(key: string): Effect.Effect<Principal | undefined, LedgerError>
    /** The same, by the hash of a key that was found before. */
    findByHash(hash: string): Effect.Effect<Principal | undefined, LedgerError>
    readonly list: Effect.Effect<ReadonlyArray<AccessKey>, LedgerError>
    /** From now on it opens nothing. False if there is no key of this name. */
    revoke(name: string): Effect.Effect<boolean, LedgerError>
  }
>()("@klingkit/hosting/AccessKeys") {
  static readonly layer: Layer.Layer<AccessKeys, never, LedgerSource> = Layer.effect(
    AccessKeys,
    Effect.map(Ledger, ({ accessKeys }) => {
      const findByHash = (hash: string) => Effect.map(accessKeys.find(hash), (known) => known && principalOf(known))
      return {
        issue: Effect.fnUntraced(function* (name, scopes, owner = {}) {
          const key = yield* randomKey
          const isNew = yield* accessKeys.add({ name, scopes, ...owner, hash: yield* sha256Hex(key) })
          return isNew ? Redacted.make(key) : undefined
        }),
        find: (key) => Effect.flatMap(sha256Hex(key), findByHash),
        findByHash,
        list: accessKeys.list,
        revoke: (name) => accessKeys.revoke(name)
      }
    })
  ).pipe(Layer.provide(lazyLedger))
}

const principalOf = ({ name, scopes, ...owner }: AccessKey): Principal => ({
  id: principalOfKey(name),
  scopes,
  clientId: name,
  budgetLine: { ...Struct.pick(owner, ["person", "project"]), key: name }
})

// Its 256 random bits need no slow hash.
const randomKey = Effect.map(randomToken, (token) => `${prefix}${token}`)
