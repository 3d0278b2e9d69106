import type { Credentials } from "@klingkit/core"
import type { LedgerError, LedgerSource } from "@klingkit/jobs"
import { lazyLedger, Ledger, type StoredCredential } from "@klingkit/jobs/internal"
import { Context, Data, Effect, Layer, Option, Redacted, Schema } from "effect"
import { makeSealing, type Sealing } from "./sealing.ts"

/** A caller's own Kling account. */
export interface KlingAccount {
  readonly credentials: Credentials
  /** Where its key is valid, unless the server has another base URL for all. */
  readonly region: "global" | "china"
  /** Tells its credentials from those of other accounts, where Kling names no packs. */
  readonly name?: string
  /** The caller's own limit, in USD per day (UTC). */
  readonly maxUsdPerDay?: number
}

export interface ConnectedAccount extends KlingAccount {
  /** In milliseconds since 1970. */
  readonly connectedAt: number
}

/** There is no `KLINGKIT_SECRET` to encrypt with, so nothing is stored. */
export class SecretMissing extends Data.TaggedError("SecretMissing") {
  override readonly message =
    "Kling accounts are not stored here: the server has no KLINGKIT_SECRET to encrypt them with"
}

/** An account is stored, but was altered, or encrypted with a secret that the server no longer has. */
export class AccountUnreadable extends Data.TaggedError("AccountUnreadable")<{ readonly principal: string }> {}

/** Who has an account here, and whether the server can open it. */
export interface AccountEntry {
  readonly principal: string
  readonly connectedAt: number
  readonly secret: "current" | "former" | "lost"
}

/** The Kling accounts of callers, encrypted in the ledger. */
export class KlingAccounts extends Context.Service<
  KlingAccounts,
  {
    /** Stores the account of a principal in place of the one it has. */
    connect(principal: string, account: KlingAccount): Effect.Effect<void, SecretMissing | LedgerError>
    /** What was encrypted with a former secret is encrypted anew. */
    find(principal: string): Effect.Effect<ConnectedAccount | undefined, AccountUnreadable | LedgerError>
    /** Sets the limit of a connected account, or takes it away. False if there is none, or it was replaced meanwhile. */
    limit(principal: string, maxUsdPerDay: number | undefined): Effect.Effect<boolean, AccountUnreadable | LedgerError>
    /** False if the principal has none. */
    disconnect(principal: string): Effect.Effect<boolean, LedgerError>
    readonly list: Effect.Effect<ReadonlyArray<AccountEntry>, LedgerError>
    /** Encrypts with the current secret what was encrypted with a former one. */
    readonly reseal: Effect.Effect<
      { readonly resealed: number; readonly unreadable: ReadonlyArray<string> },
      SecretMissing | LedgerError
    >
    /** Principals with an account whose jobs need a process. */
    readonly atWork: Effect.Effect<ReadonlyArray<string>, LedgerError>
  }
>()("@klingkit/hosting/KlingAccounts") {
  static readonly layer: Layer.Layer<KlingAccounts, never, LedgerSource> = Layer.effect(
    KlingAccounts,
    Effect.suspend(() => make)
  ).pipe(Layer.provide(lazyLedger))
}

const make = Effect.gen(function* () {
  const { storedCredentials: rows } = yield* Ledger
  const sealing = yield* makeSealing("stored credential")
  const withSecret: Effect.Effect<Sealing, SecretMissing> =
    sealing === undefined ? Effect.fail(new SecretMissing()) : Effect.succeed(sealing)

  const open = Effect.fnUntraced(function* (row: StoredCredential) {
    const text = yield* sealing?.open(row, row.principal) ?? Effect.succeed(undefined)
    const account = text === undefined ? Option.none() : decode(Redacted.value(text))
    if (Option.isSome(account)) return accountOf(account.value)
    return yield* new AccountUnreadable({ principal: row.principal })
  })
  const sealed = (by: Sealing, principal: string, account: KlingAccount) =>
    by.seal(Redacted.make(encode(storedOf(account))), principal)

  /** False if another process was first. */
  const sealAnew = Effect.fnUntraced(function* (by: Sealing, row: StoredCredential, account: KlingAccount) {
    return yield* rows.reseal(row, yield* sealed(by, row.principal, account))
  })

  return KlingAccounts.of({
    connect: Effect.fnUntraced(function* (principal, account) {
      yield* rows.put({ principal, ...(yield* sealed(yield* withSecret, principal, account)) })
    }),
    find: Effect.fnUntraced(function* (principal) {
      const row = yield* rows.find(principal)
      if (row === undefined) return undefined
      const account = yield* open(row)
      if (sealing?.isCurrent(row) === false) yield* sealAnew(sealing, row, account)
      return { ...account, connectedAt: row.storedAt }
    }),
    limit: Effect.fnUntraced(function* (principal, maxUsdPerDay) {
      const row = yield* rows.find(principal)
      if (row === undefined || sealing === undefined) return false
      const { maxUsdPerDay: _former, ...account } = yield* open(row)
      return yield* sealAnew(sealing, row, { ...account, ...(maxUsdPerDay === undefined ? {} : { maxUsdPerDay }) })
    }),
    disconnect: (principal) => rows.remove(principal),
    list: Effect.map(rows.list, (found) =>
      found.map((row) => ({
        principal: row.principal,
        connectedAt: row.storedAt,
        secret: sealing?.isCurrent(row) === true ? "current" : sealing?.isKnown(row) === true ? "former" : "lost"
      }))
    ),
    reseal: Effect.gen(function* () {
      const by = yield* withSecret
      let resealed = 0
      const unreadable: Array<string> = []
      for (const row of yield* rows.list) {
        const account = yield* Effect.option(open(row))
        if (Option.isNone(account)) unreadable.push(row.principal)
        else if (!by.isCurrent(row) && (yield* sealAnew(by, row, account.value))) resealed += 1
      }
      return { resealed, unreadable }
    }),
    atWork: rows.principalsAtWork
  })
})

/** What is encrypted: text only in memory, between here and the cipher. */
const Stored = Schema.fromJsonString(
  Schema.Struct({
    credentials: Schema.Union([
      Schema.Struct({ apiKey: Schema.String }),
      Schema.Struct({ accessKey: Schema.String, secretKey: Schema.String })
    ]),
    region: Schema.Literals(["global", "china"]),
    name: Schema.optionalKey(Schema.String),
    maxUsdPerDay: Schema.optionalKey(Schema.Finite)
  })
)
const decode = Schema.decodeUnknownOption(Stored)
const encode = Schema.encodeSync(Stored)

const storedOf = ({ credentials, ...account }: KlingAccount): typeof Stored.Type => ({
  ...account,
  credentials:
    credentials.kind === "api-key"
      ? { apiKey: Redacted.value(credentials.apiKey) }
      : { accessKey: credentials.accessKey, secretKey: Redacted.value(credentials.secretKey) }
})

const accountOf = ({ credentials, ...account }: typeof Stored.Type): KlingAccount => ({
  ...account,
  credentials:
    "apiKey" in credentials
      ? { kind: "api-key", apiKey: Redacted.make(credentials.apiKey) }
      : {
          kind: "key-pair",
          accessKey: credentials.accessKey,
          secretKey: Redacted.make(credentials.secretKey)
        }
})
