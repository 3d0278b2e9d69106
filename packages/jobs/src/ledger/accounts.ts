import { parseJson } from "@klingkit/core/internal"
import { Clock, Effect, Predicate } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import { type AccountEvidence, type AccountRelation, noEvidence, relationOf, together } from "./account-relation.ts"
import type { LedgerDatabase } from "./database.ts"

/** What is known of the Kling account behind a credential. Rows of jobs hold the credential that made them. */
export interface AccountFacts {
  /** A digest of base URL and key, no secret. */
  readonly credential: string
  /** A digest of the key alone. */
  readonly key?: string
  readonly region?: string
  /** The user's name for the account. */
  readonly name?: string
  /** Ids of its resource packs at Kling; none known if empty, not asked for if absent. */
  readonly packs?: ReadonlyArray<string>
}

/** A credential that the ledger knows. */
export interface KnownCredential {
  readonly credential: string
  /** Credentials of one account have this in common. */
  readonly account: string
  readonly name?: string
  readonly packs: ReadonlyArray<string>
  /** When Kling was last asked for its packs; never, if 0. */
  readonly checkedAt: number
  readonly evidence: AccountEvidence
}

type Database = LedgerDatabase["Service"]

/** Of all rows, those of one account: made with this credential, or with another that is known to be of its account. */
export const ofAccount = ({ sql }: Database, credential: string): Fragment =>
  sql`account IN (SELECT ${credential} UNION
    SELECT other.credential FROM klingkit_accounts AS own JOIN klingkit_accounts AS other ON other.account = own.account
    WHERE own.credential = ${credential})`

/** A credential, as far as it is known here. */
export const findCredential = Effect.fnUntraced(function* (
  { sql }: Database,
  credential: string
): Effect.fn.Return<KnownCredential | undefined, SqlError> {
  const [row] = yield* sql<StoredRow>`SELECT * FROM klingkit_accounts WHERE credential = ${credential}`
  return row === undefined ? undefined : readCredential(row)
})

/** Whether jobs or pipelines were recorded under another credential. */
export const hasOthers = Effect.fnUntraced(function* (
  { sql }: Database,
  credential: string
): Effect.fn.Return<boolean, SqlError> {
  // Two ranges of an index, where `<>` would read all of it.
  const isOther = sql`(account < ${credential} OR account > ${credential})`
  const [other] = yield* sql`SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM klingkit_jobs WHERE ${isOther})
    OR EXISTS (SELECT 1 FROM klingkit_pipelines WHERE ${isOther})`
  return other !== undefined
})

/** Records what is known of a credential, and finds out which others are of its account: such as one that it replaces. */
export const registerAccount = (database: Database, facts: AccountFacts): Effect.Effect<void, SqlError> =>
  database.exclusive(
    Effect.gen(function* () {
      yield* writeFacts(database, facts)
      const known = yield* readAll(database)
      const own = accountOf(known, facts.credential)
      const same = [...new Set(known.map(({ account }) => account))].filter(
        (account) => relationOf(evidenceOf(known, own), evidenceOf(known, account)) === "same"
      )
      yield* join(database, own, same)
    })
  )

/** Joins the accounts of two credentials, because the user says that they are one. */
export const linkAccounts = (database: Database, credential: string, other: string): Effect.Effect<void, SqlError> =>
  database.exclusive(
    Effect.gen(function* () {
      yield* writeFacts(database, { credential })
      yield* writeFacts(database, { credential: other })
      const known = yield* readAll(database)
      yield* join(database, accountOf(known, credential), [accountOf(known, other)])
    })
  )

/** Whether the rows of two credentials are of one account. */
export const relationBetween = Effect.fnUntraced(function* (
  database: Database,
  credential: string,
  other: string
): Effect.fn.Return<AccountRelation, SqlError> {
  const known = yield* readAll(database)
  const [account, second] = [accountOf(known, credential), accountOf(known, other)]
  return account === second ? "same" : relationOf(evidenceOf(known, account), evidenceOf(known, second))
})

const writeFacts = Effect.fnUntraced(function* (
  database: Database,
  { credential, key, region, name, packs }: AccountFacts
): Effect.fn.Return<void, SqlError> {
  const { sql } = database
  const now = yield* Clock.currentTimeMillis
  const before = yield* findCredential(database, credential)
  const facts = {
    ...(key === undefined ? {} : { key_digest: key }),
    ...(region === undefined ? {} : { region }),
    ...(packs === undefined
      ? {}
      : { packs: JSON.stringify([...new Set([...(before?.packs ?? []), ...packs])]), checked_at: now })
  }
  if (before === undefined) {
    const row = { credential, account: credential, packs: "[]", checked_at: 0, first_seen_at: now, ...facts }
    yield* sql`INSERT INTO klingkit_accounts ${sql.insert(row)}`
  } else if (Object.keys(facts).length > 0) {
    yield* sql`UPDATE klingkit_accounts SET ${sql.update(facts)} WHERE credential = ${credential}`
  }
  // A name is the whole account's.
  if (name !== undefined) {
    yield* sql`UPDATE klingkit_accounts SET name = ${name} WHERE account = ${before?.account ?? credential}`
  }
})

const join = ({ sql }: Database, account: string, others: ReadonlyArray<string>) =>
  Effect.when(
    sql`UPDATE klingkit_accounts SET account = ${account} WHERE ${sql.in("account", others)}`,
    Effect.sync(() => others.some((other) => other !== account))
  )

const accountOf = (known: ReadonlyArray<KnownCredential>, credential: string): string =>
  known.find((row) => row.credential === credential)?.account ?? credential

const evidenceOf = (known: ReadonlyArray<KnownCredential>, account: string): AccountEvidence =>
  known
    .filter((row) => row.account === account)
    .map(({ evidence }) => evidence)
    .reduce(together, { ...noEvidence, credentials: [account] })

interface StoredRow {
  readonly credential: string
  readonly account: string
  readonly key_digest: string | null
  readonly region: string | null
  readonly name: string | null
  readonly packs: string
  readonly checked_at: number | bigint | string
}

const readAll = ({ sql }: Database): Effect.Effect<ReadonlyArray<KnownCredential>, SqlError> =>
  Effect.map(sql<StoredRow>`SELECT * FROM klingkit_accounts`, (rows) => rows.map(readCredential))

const readCredential = (row: StoredRow): KnownCredential => {
  const { credential, account } = row
  const stored = parseJson(row.packs)
  const packs = Array.isArray(stored) ? stored.filter(Predicate.isString) : []
  const checkedAt = Number(row.checked_at)
  const name = row.name ?? undefined
  const evidence = {
    credentials: [credential],
    regions: row.region === null ? [] : [row.region],
    keys: row.key_digest === null ? [] : [row.key_digest],
    names: name === undefined ? [] : [name],
    packs,
    packsReadAt: packs.length > 0 ? checkedAt : 0
  }
  return { credential, account, ...(name === undefined ? {} : { name }), packs, checkedAt, evidence }
}
