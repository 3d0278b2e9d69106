import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"

/** What is known of the Kling account behind a credential. */
export interface AccountFacts {
  /** A digest of region and credential, no secret. */
  readonly credential: string
  /** The caller's name for the account; the same name means the same account. */
  readonly name?: string
  /** Ids of its resource packs at Kling; absent when they could not be read. */
  readonly packs?: ReadonlyArray<string>
}

interface KnownAccount {
  readonly credential: string
  readonly account: string
  readonly name: string | undefined
  readonly packs: ReadonlyArray<string>
}

/** The account that a credential was found to belong to; nothing when it is new here. */
export const accountOf = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  credential: string
): Effect.fn.Return<string | undefined, SqlError> {
  const [row] = yield* sql<{ account: string }>`SELECT account FROM klingkit_accounts WHERE credential = ${credential}`
  return row?.account
})

/**
 * Records a credential and returns its account: that of an earlier credential with the same name or a pack in common, as
 * after a key was rotated; otherwise a new one.
 */
export const registerAccount = (
  database: LedgerDatabase["Service"],
  facts: AccountFacts
): Effect.Effect<string, SqlError> => {
  const { sql } = database
  const { credential, name, packs } = facts
  return database.exclusive(
    Effect.gen(function* () {
      const known = yield* readAccounts(database)
      const own = known.find((other) => other.credential === credential)
      const account = own?.account ?? known.find((other) => isSame(other, facts))?.account ?? credential
      const row = {
        account,
        name: name ?? own?.name ?? null,
        packs: JSON.stringify(packs ?? own?.packs ?? []),
        seen_at: yield* Clock.currentTimeMillis
      }
      yield* own === undefined
        ? sql`INSERT INTO klingkit_accounts ${sql.insert({ credential, ...row })}`
        : sql`UPDATE klingkit_accounts SET ${sql.update(row)} WHERE credential = ${credential}`
      return account
    })
  )
}

/** The caller says that a credential pays from this account. */
export const linkAccount = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  credential: string,
  account: string
): Effect.fn.Return<void, SqlError> {
  yield* sql`UPDATE klingkit_accounts SET account = ${account} WHERE credential = ${credential}`
})

/** Whether two accounts are known to be different: by their names, or because their packs were read and none is common. */
export const areDifferent = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  one: string,
  other: string
): Effect.fn.Return<boolean, SqlError> {
  const known = yield* readAccounts(database)
  const factsOf = (account: string) => {
    const rows = known.filter((row) => row.account === account)
    return { names: rows.flatMap(({ name }) => name ?? []), packs: rows.flatMap(({ packs }) => packs) }
  }
  const [first, second] = [factsOf(one), factsOf(other)]
  const differ = (a: ReadonlyArray<string>, b: ReadonlyArray<string>) =>
    a.length > 0 && b.length > 0 && !a.some((value) => b.includes(value))
  return differ(first.names, second.names) || differ(first.packs, second.packs)
})

const readAccounts = ({ sql }: LedgerDatabase["Service"]): Effect.Effect<ReadonlyArray<KnownAccount>, SqlError> =>
  Effect.map(
    sql<{ credential: string; account: string; name: string | null; packs: string }>`
      SELECT credential, account, name, packs FROM klingkit_accounts ORDER BY seen_at`,
    (rows) => rows.map((row) => ({ ...row, name: row.name ?? undefined, packs: JSON.parse(row.packs) as Array<string> }))
  )

const isSame = ({ name, packs }: KnownAccount, facts: AccountFacts): boolean =>
  name !== undefined && facts.name !== undefined
    ? name === facts.name
    : packs.some((pack) => facts.packs?.includes(pack) === true)
