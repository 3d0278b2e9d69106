import { Config, Context, Effect, Layer, Option, Ref, type Sink, Stdio, Stream } from "effect"
import type { PlatformError } from "effect/PlatformError"
import { exitCode } from "./exit-code.ts"
import { type Failure, failureJson, failureText } from "./failure.ts"

/** A command's result: `json` for programs, `text` for users, with the same content. */
export interface Answer {
  readonly json: unknown
  readonly text: string
}

/** Prints a command's answer to stdout and everything else to stderr. */
export class Output extends Context.Service<
  Output,
  {
    readonly wantsJson: boolean
    /** A terminal gets aligned tables, a pipe tab-separated rows. */
    readonly stdoutIsTerminal: boolean
    /** Prints the answer to stdout; with `--json` one document, on one line unless stdout is a terminal. */
    answer(answer: Answer): Effect.Effect<void>
    /** Prints an answer of many lines to stdout, however many there are. */
    lines<E, R>(lines: Stream.Stream<string, E, R>): Effect.Effect<void, E, R>
    /** Prints a failure. Only the first one of a run is shown, because the innermost has the most detail. */
    fail(failure: Failure): Effect.Effect<void>
    /** Prints one line to stderr. */
    say(line: string): Effect.Effect<void>
    /** Replaces the live line; does nothing when stderr is not a terminal. */
    live(line: string): Effect.Effect<void>
  }
>()("@klingkit/cli/Output") {
  static readonly layer = (options: { readonly wantsJson: boolean }): Layer.Layer<Output, never, Stdio.Stdio> =>
    Layer.effect(Output, make(options.wantsJson))
}

/** Fits every terminal: a line that wraps cannot be replaced. */
const liveColumns = 78

const make = Effect.fnUntraced(function* (wantsJson: boolean) {
  const stdio = yield* Stdio.Stdio
  const term = yield* Config.option(Config.String("TERM")).pipe(Effect.orElseSucceed(() => Option.none()))
  const stdoutIsTerminal = yield* stdio.stdoutIsTerminal
  const isLive = (yield* stdio.stderrIsTerminal) && Option.getOrUndefined(term) !== "dumb"
  const liveShown = yield* Ref.make(false)
  const answered = yield* Ref.make(false)
  const failed = yield* Ref.make(false)
  const indent = stdoutIsTerminal ? 2 : 0

  const stdout = (text: string) => write(stdio.stdout(), text)
  const stderr = (text: string) => write(stdio.stderr(), text)
  const clear = Effect.flatMap(Ref.getAndSet(liveShown, false), (shown) => (shown ? stderr("\r\u001b[K") : Effect.void))
  const say = (line: string) => Effect.andThen(clear, stderr(`${line}\n`))

  return Output.of({
    wantsJson,
    stdoutIsTerminal,
    answer: ({ json, text }) =>
      Effect.gen(function* () {
        yield* Ref.set(answered, true)
        yield* clear
        const document = wantsJson ? JSON.stringify(json, undefined, indent) : text
        if (document !== "") yield* stdout(`${document}\n`)
      }),
    lines: (lines) =>
      Effect.andThen(
        Effect.andThen(Ref.set(answered, true), clear),
        Stream.runForEach(Stream.grouped(lines, 64), (some) => stdout(`${some.join("\n")}\n`))
      ),
    fail: (failure) =>
      Effect.gen(function* () {
        if (yield* Ref.getAndSet(failed, true)) return
        const isAnswered = yield* Ref.get(answered)
        // Ctrl+C is not a failure for a command that has answered and keeps running, such as the emulator.
        if (isAnswered && failure.exitCode === exitCode.interrupted) return yield* clear
        yield* say(failureText(failure))
        if (wantsJson && !isAnswered) yield* stdout(`${JSON.stringify(failureJson(failure), undefined, indent)}\n`)
      }),
    say,
    live: (line) =>
      isLive
        ? Effect.andThen(Ref.set(liveShown, true), stderr(`\r\u001b[K${[...line].slice(0, liveColumns).join("")}`))
        : Effect.void
  })
})

/** Ignores a closed reader, such as `| head`. */
const write = (sink: Sink.Sink<void, string, never, PlatformError>, text: string): Effect.Effect<void> =>
  text === "" ? Effect.void : Effect.ignore(Stream.run(Stream.succeed(text), sink))
