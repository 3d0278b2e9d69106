import { Effect, Layer, Option, References } from "effect"
import {
  MessageStorage,
  RunnerAddress,
  RunnerHealth,
  Runners,
  RunnerStorage,
  Sharding,
  ShardingConfig,
  SqlRunnerStorage
} from "effect/cluster"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { randomToken } from "../random-token.ts"

/** A server that no longer renews its locks has lost them after this time, and the others notice soon after. */
const timing = {
  shardLockExpiration: "10 seconds",
  shardLockRefreshInterval: "2 seconds",
  refreshAssignmentsInterval: "2 seconds"
} as const

/**
 * Which of several servers works on what, by locks in the database that they have in common: rows, since locks of sessions do not
 * go through every pooler. Servers do not talk to each other, so that there is no port between them to protect. Without a
 * database in common, this process has everything.
 */
export const clusterOf = (
  database: Layer.Layer<SqlClient, SqlError> | undefined
): Layer.Layer<Sharding.Sharding, SqlError> =>
  Sharding.layer.pipe(
    Layer.provide([Runners.layerNoop, RunnerHealth.layerNoop, database === undefined ? alone : lockedIn(database)]),
    Layer.provide([MessageStorage.layerNoop, config, errorsOnly])
  )

/** Of a database that is away it would warn every two seconds, with a stack. */
const errorsOnly = Layer.succeed(References.MinimumLogLevel, "Error")

const alone = RunnerStorage.layerMemory

const lockedIn = (database: Layer.Layer<SqlClient, SqlError>) =>
  SqlRunnerStorage.layerWith({ prefix: "klingkit_cluster" }).pipe(Layer.provide(database))

const config = Layer.unwrap(
  Effect.map(randomToken, (name) =>
    ShardingConfig.layer({
      ...timing,
      // A name that no other server has. Nothing connects to it.
      runnerAddress: Option.some(RunnerAddress.make(name, 1)),
      shardsPerGroup: 128,
      shardLockDisableAdvisory: true,
      simulateRemoteSerialization: false
    })
  )
)
