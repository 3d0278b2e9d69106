import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { type CredentialKind, Kling } from "@klingkit/core"
import { emulatorHttpClient, type KlingWorld } from "@klingkit/emulator"
import { nodeFileHost } from "@klingkit/media/node"
import { Context, Effect, FileSystem, Layer, Redacted, Scope } from "effect"
import { HttpClient } from "effect/http"
import { join } from "node:path"
import { Account } from "../../accounts/account.ts"
import { Jobs } from "../../jobs.ts"
import { Ledger } from "../../ledger/ledger.ts"
import type { LedgerError } from "../../ledger/ledger-error.ts"
import { LedgerSource } from "../../ledger/ledger-source.ts"
import { temporaryFolder } from "../../ledger/testing/test-database.ts"
import { Recovery } from "../../recovery/recovery.ts"
import { layerSqlite } from "../../sqlite/sqlite-ledger.ts"

export interface Program {
  readonly jobs: Jobs["Service"]
  readonly recovery: Recovery["Service"]
  readonly ledger: Ledger["Service"]
  readonly kling: Kling["Service"]
  readonly account: Account["Service"]
}

interface ProgramOptions {
  readonly credential?: CredentialKind
  /** Another API key of the world's account than its first. */
  readonly apiKey?: string
  /** The user's name for the account. */
  readonly account?: string
  readonly principal?: string
  readonly isLongRunning?: boolean
  /** Where Kling calls back about a job. */
  readonly callbackUrl?: (handle: string) => Effect.Effect<string>
  /** Where it reads and saves files; without one it has none. */
  readonly folder?: string
  /** Changes requests to Kling, or their responses. */
  readonly intercept?: (client: HttpClient.HttpClient) => HttpClient.HttpClient
  readonly alter?: (kling: Kling["Service"]) => Kling["Service"]
}

/** A program with a ledger, and a Kling in memory. */
export const programOver = Effect.fnUntraced(function* (
  world: KlingWorld,
  ledger: Ledger["Service"],
  {
    credential = "api-key",
    apiKey = world.keys.apiKey,
    account,
    principal = "local",
    isLongRunning = false,
    callbackUrl,
    folder,
    intercept = (client) => client,
    alter = (kling) => kling
  }: ProgramOptions = {}
): Effect.fn.Return<Program, never, Scope.Scope> {
  const { keys } = world
  const kling = Kling.layer({
    credentials:
      credential === "api-key"
        ? { kind: "api-key", apiKey: Redacted.make(apiKey) }
        : { kind: "key-pair", accessKey: keys.accessKey, secretKey: Redacted.make(keys.secretKey) },
    baseUrl: "https://kling.example"
  })
  const config = {
    homeDir: "/",
    outputDir: folder ?? "/none",
    inputDirs: [],
    limits: {},
    principal,
    isLongRunning,
    ...(account === undefined ? {} : { account }),
    ...(callbackUrl === undefined ? {} : { callbackUrl })
  }
  const layer = Jobs.layer(config).pipe(
    Layer.provideMerge(Layer.effect(Kling, Effect.map(Kling, alter))),
    Layer.provide(kling),
    Layer.provide(Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, intercept))),
    Layer.provide(emulatorHttpClient(world)),
    Layer.provide(Layer.succeed(LedgerSource, { open: Effect.succeed(ledger) })),
    Layer.provide([
      folder === undefined ? FileSystem.layerNoop({}) : NodeFileSystem.layer,
      NodePath.layer,
      nodeFileHost
    ])
  )
  const context = yield* Effect.orDie(Layer.build(layer))
  return {
    jobs: Context.get(context, Jobs),
    recovery: Context.get(context, Recovery),
    ledger,
    kling: Context.get(context, Kling),
    account: Context.get(context, Account)
  }
})

/** Starts programs that share a Kling account and a ledger file; each has a connection of its own, in `ledgerScope`. */
export const programsOf = (world: KlingWorld, credential: CredentialKind = "api-key") =>
  Effect.map(
    temporaryFolder("klingkit-programs-"),
    (folder) =>
      (principal = "local", ledgerScope?: Scope.Scope): Effect.Effect<Program, LedgerError, Scope.Scope> =>
        Effect.gen(function* () {
          const scope = ledgerScope ?? (yield* Scope.Scope)
          const context = yield* Layer.buildWithScope(layerSqlite(join(folder, "ledger.db")), scope)
          return yield* programOver(world, Context.get(context, Ledger), { credential, principal })
        })
  )

/** The requests to Kling that read tasks: `GET /tasks`. */
export const readsOf = (world: KlingWorld): ReadonlyArray<string> =>
  world.state.requests.rows.flatMap(({ method, path }) =>
    (method === "GET" && path !== "/account/costs") || path === "/tasks" ? [`${method} ${path}`] : []
  )
