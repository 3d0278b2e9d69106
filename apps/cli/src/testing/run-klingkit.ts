import { NodeServices } from "@effect/platform-node"
import { ConfigProvider, Effect, Layer, Ref, Sink, Stdio, Stream, Terminal } from "effect"
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
  /** What the user types when asked at a terminal; without it, stdin is not a terminal. */
  readonly typed?: string
  /** Called with each chunk of stderr as it is written. */
  readonly onStderr?: (chunk: string) => Effect.Effect<void>
}

/** Runs one command line in this process, with the parsing, output and exit code that a user gets. */
export const klingkit = Effect.fnUntraced(function* (args: ReadonlyArray<string>, options: RunOptions = {}) {
  const stdout = yield* Ref.make("")
  const stderr = yield* Ref.make("")
  const { terminal = false, onStderr = () => Effect.void } = options
  const collect = (into: Ref.Ref<string>, onChunk: (chunk: string) => Effect.Effect<void>) =>
    Sink.forEach((chunk: string | Uint8Array) => {
      const text = typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk)
      return Effect.andThen(
        Ref.update(into, (before) => before + text),
        onChunk(text)
      )
    })
  const stdio = Stdio.layerTest({
    stdout: () => collect(stdout, () => Effect.void),
    stderr: () => collect(stderr, onStderr),
    stdoutIsTerminal: Effect.succeed(terminal),
    stderrIsTerminal: Effect.succeed(terminal),
    stdinIsTerminal: Effect.succeed(options.typed !== undefined),
    stdin: Stream.succeed(new TextEncoder().encode(options.stdin ?? ""))
  })
  const keyboard = Layer.succeed(Terminal.Terminal, typing(options.typed ?? ""))
  const exitCode = yield* runCli(args).pipe(
    Effect.provide(Layer.mergeAll(Layer.provideMerge(stdio, NodeServices.layer), keyboard)),
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { ...options.env } })))
  )
  return { exitCode, stdout: yield* Ref.get(stdout), stderr: yield* Ref.get(stderr) } satisfies Run
})

/** A terminal at which the user types one line. */
const typing = (line: string): Terminal.Terminal =>
  Terminal.make({
    columns: Effect.succeed(80),
    rows: Effect.succeed(24),
    size: Effect.die("the size does not change"),
    readInput: Effect.die("no single keys are read"),
    readLine: Effect.succeed(line),
    display: () => Effect.void
  })
