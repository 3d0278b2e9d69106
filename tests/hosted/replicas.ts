import { startFreezable } from "@klingkit/jobs/testing"
import { Effect, Exit, Redacted, Scope } from "effect"
import { join } from "node:path"
import { freshKling } from "../mcp/emulated-kling.ts"
import { start, startHttp, type Started } from "../mcp/server-process.ts"
import { startBalancer } from "./balancer.ts"
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts"

/** One built server of several, with a line to the database that can be broken. */
export interface Replica {
  readonly program: Started
  readonly origin: string
  readonly url: string
  readonly database: FaultProxy
}

interface ReplicasOptions {
  readonly count?: number
  readonly env?: Readonly<Record<string, string>>
  readonly args?: ReadonlyArray<string>
  /** How many times faster than at Kling tasks run; 1 when absent, so that none ends by itself within a test. */
  readonly speed?: number
  /** Names of callers, each of which gets an access key. */
  readonly callers?: ReadonlyArray<string>
}

/** Built servers on one PostgreSQL and one emulated Kling, behind a balancer; callers have access keys. */
export const startReplicas = async ({
  count = 3,
  env = {},
  args = [],
  speed = 1,
  callers = ["anna", "ben"]
}: ReplicasOptions = {}) => {
  const scope = Effect.runSync(Scope.make())
  const { sql, url, freeze, thaw } = await Effect.runPromise(Scope.provide(startFreezable, scope))
  const folder = new URL(Redacted.value(url)).searchParams.get("host") ?? ""
  const kling = await freshKling({ speed })
  const balancer = await startBalancer()
  // An account is known by where it is, too: all replicas have the same line to Kling.
  const toKling = await startFaultProxy({ port: Number(new URL(kling.url).port), host: "127.0.0.1" })
  const settings = {
    ...kling.env,
    KLINGAI_BASE_URL: `http://127.0.0.1:${toKling.port}`,
    KLINGKIT_PUBLIC_URL: balancer.origin,
    KLINGKIT_AUTH_KEYS: "on",
    KLINGKIT_SECRET: "a secret of all replicas, long enough",
    ...env
  }
  const proxies: Array<FaultProxy> = []
  const databaseLine = async () => {
    const database = await startFaultProxy({ path: join(folder, ".s.PGSQL.5432") })
    proxies.push(database)
    const url = `postgres://ledger@127.0.0.1:${database.port}/postgres`
    return { database, settings: { ...settings, KLINGKIT_DATABASE_URL: url } }
  }
  const started: Array<Replica> = []
  /** Another server, with settings of its own. */
  const add = async (own: Readonly<Record<string, string>> = {}): Promise<Replica> => {
    const { database, settings } = await databaseLine()
    const replica = { database, ...(await startHttp({ ...settings, ...own }, args)) }
    started.push(replica)
    return replica
  }
  // Never broken.
  const commands = await databaseLine()
  const keys = async (...args: ReadonlyArray<string>): Promise<string> => {
    const program = start("klingkit-mcp-http", ["keys", ...args], commands.settings)
    const { code } = await program.ended
    if (code !== 0) throw new Error(program.stderr)
    return program.stdout.trim()
  }
  const keyOf = new Map<string, string>()
  for (const caller of callers) keyOf.set(caller, await keys("add", caller))
  const replicas = await Promise.all(Array.from({ length: count }, () => add()))
  balancer.send(...replicas.map(({ origin }) => origin))
  return {
    kling,
    toKling,
    balancer,
    replicas,
    add,
    keys,
    keyOf: (caller: string) => keyOf.get(caller) ?? "",
    freezeDatabase: () => Effect.runPromise(freeze),
    thawDatabase: () => Effect.runPromise(thaw),
    /** Over a connection that is never broken. */
    rows: () => Effect.runPromise(sql<Row>`SELECT * FROM klingkit_jobs ORDER BY created_at`),
    /** What a server of a later release does to the ledger when it opens it. */
    migrateFurther: () =>
      Effect.runPromise(
        sql.withTransaction(
          Effect.andThen(
            sql`ALTER TABLE klingkit_jobs ADD COLUMN of_later_releases TEXT`,
            sql`INSERT INTO klingkit_migrations (migration_id, name) VALUES (9999, 'of_later_releases')`
          )
        )
      ),
    /** Its lease ends, as it does some time after the last renewal. */
    endLease: (handle: string) =>
      Effect.runPromise(sql`UPDATE klingkit_jobs SET lease_until = 0 WHERE handle = ${handle}`),
    /** As an administrator, or a failover, ends them. */
    endSessions: () =>
      Effect.runPromise(
        sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'klingkit'`
      ),
    close: async () => {
      for (const { program } of started) program.child.kill("SIGKILL")
      await Promise.all(started.map(({ program }) => program.ended))
      balancer.close()
      for (const proxy of [...proxies, toKling]) proxy.close()
      await Effect.runPromise(Scope.close(scope, Exit.void))
      await kling.close()
    }
  }
}

/** A job as it is stored. */
interface Row {
  readonly handle: string
  readonly state: string
  readonly task_id: string | null
  /** How many processes have taken it. */
  readonly lease_fence: bigint
  readonly sends: bigint
  readonly principal: string
}
