import { fetchHttpClient, Kling, operations, planOperation } from "@klingkit/core"
import { Jobs, LedgerSource, startedJob } from "@klingkit/jobs"
import { nodeFileHost } from "@klingkit/jobs/node"
import { layerSqlite } from "@klingkit/jobs/sqlite"
import { Effect, FileSystem, Layer, Path, Stream } from "effect"
import { join } from "node:path"
import { type MakeVideo, prompt } from "./client.ts"

const program = Effect.gen(function* () {
  const jobs = yield* Jobs
  const operation = operations["new.t2v.kling-3.0"]
  const plan = yield* planOperation(operation, { prompt, durationSeconds: 5 })
  const { handle } = yield* startedJob(yield* jobs.run(plan))
  const last = yield* Stream.runLast(jobs.follow(handle, operation))
  const { task } = yield* Effect.fromOption(last)
  if (task.status !== "succeed") return yield* Effect.die(`the task ended as ${task.status}`)
})

export const makeVideo: MakeVideo = ({ folder }) => {
  const config = { homeDir: folder, outputDir: folder, inputDirs: [], limits: {}, principal: "local" }
  const connection = Jobs.layer(config).pipe(
    Layer.provide(Layer.provide(Kling.layerConfig(), fetchHttpClient)),
    Layer.provide(LedgerSource.layer(layerSqlite(join(folder, "ledger.db")))),
    // Nothing is downloaded here.
    Layer.provide([FileSystem.layerNoop({}), Path.layer, nodeFileHost])
  )
  return Effect.runPromise(Effect.provide(program, connection))
}
