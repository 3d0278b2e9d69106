import { NodeServices } from "@effect/platform-node"
import { ConfigProvider, Effect, Layer, Ref, Sink, Stdio, Stream } from "effect"
import { runCli } from "../cli.ts"

export interface Run {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Both outputs are terminals. */
  readonly terminal?: boolean
  /** Sees each piece of stderr when it is written. */
  readonly onStderr?: (piece: string) => Effect.Effect<void>
}

/** One command line as a user runs it, in this process: same parsing, same words, same exit code. */
export const klingkit = Effect.fnUntraced(function* (args: ReadonlyArray<string>, options: RunOptions = {}) {
  const stdout = yield* Ref.make("")
  const stderr = yield* Ref.make("")
  const { terminal = false, onStderr = () => Effect.void } = options
  const collect = (into: Ref.Ref<string>, see: (piece: string) => Effect.Effect<void>) =>
    Sink.forEach((piece: string | Uint8Array) => {
      const text = typeof piece === "string" ? piece : new TextDecoder().decode(piece)
      return Effect.andThen(
        Ref.update(into, (before) => before + text),
        see(text)
      )
    })
  const stdio = Stdio.layerTest({
    stdout: () => collect(stdout, () => Effect.void),
    stderr: () => collect(stderr, onStderr),
    stdoutIsTerminal: Effect.succeed(terminal),
    stderrIsTerminal: Effect.succeed(terminal),
    stdin: Stream.succeed(new TextEncoder().encode(options.stdin ?? ""))
  })
  const exitCode = yield* runCli(args).pipe(
    Effect.provide(Layer.provideMerge(stdio, NodeServices.layer)),
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { ...options.env } })))
  )
  return { exitCode, stdout: yield* Ref.get(stdout), stderr: yield* Ref.get(stderr) } satisfies Run
})
