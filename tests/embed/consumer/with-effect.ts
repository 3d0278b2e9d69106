import { fetchHttpClient, Kling, type KlingError, operations, type Task } from "@klingkit/core"
import { Console, Effect, Layer, Option, Stream } from "effect"

const textToVideo = operations["new.t2v.kling-3.0"]

/** The lifecycle of a video, and an invalid request; fails with `KlingError` only. */
const program: Effect.Effect<{ readonly task: Task; readonly refused: string }, KlingError, Kling> = Effect.gen(
  function* () {
    const kling = yield* Kling
    // @ts-expect-error A duration is a number.
    const wrong = kling.submit(textToVideo, { prompt: "a lighthouse", durationSeconds: "five" })
    const refused = yield* Effect.match(wrong, { onFailure: ({ code }) => code, onSuccess: ({ handle }) => handle })
    const { handle } = yield* kling.submit(textToVideo, { prompt: "a lighthouse", durationSeconds: 5 })
    const task = yield* kling.follow(handle).pipe(Stream.runLast, Effect.map(Option.getOrThrow))
    return { task, refused }
  }
)

await Effect.runPromise(
  program.pipe(
    Effect.flatMap((result) => Console.log(JSON.stringify(result))),
    Effect.provide(Layer.provide(Kling.layerConfig(), fetchHttpClient))
  )
)
