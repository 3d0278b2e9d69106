import { Config, Context, Effect, Layer, Option, Ref, type Sink, Stdio, Stream } from "effect"
import type { PlatformError } from "effect/PlatformError"
import { exitCode } from "./exit-code.ts"
import { type Failure, failureJson, failureText } from "./failure.ts"

/** What a command found out: `json` for programs, `text` for people. Both say the same. */
export interface Answer {
  readonly json: unknown
  readonly text: string
}

/** Where the words of a command go: its answer to stdout, everything else to stderr. */
export class Output extends Context.Service<
  Output,
  {
    readonly wantsJson: boolean
    /** Tables are drawn for a terminal; a pipe gets plain tab-separated rows. */
    readonly stdoutIsTerminal: boolean
    /** The one thing that stdout is for; with `--json` it is one document, in one line unless a person reads it. */
    answer(answer: Answer): Effect.Effect<void>
    /** A failed command's answer. Only the first one of a run is shown: the innermost knows most. */
    fail(failure: Failure): Effect.Effect<void>
    /** One line of talk. */
    say(line: string): Effect.Effect<void>
    /** Replaces the live line of a terminal; nothing when stderr is no terminal. */
    live(line: string): Effect.Effect<void>
  }
>()("@klingkit/cli/Output") {
  static readonly layer = (options: { readonly wantsJson: boolean }): Layer.Layer<Output, never, Stdio.Stdio> =>
    Layer.effect(Output, make(options.wantsJson))
}

/** Long enough for a progress line, short enough for every terminal: a line that wraps cannot be replaced. */
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
        const words = wantsJson ? JSON.stringify(json, undefined, indent) : text
        if (words !== "") yield* stdout(`${words}\n`)
      }),
    fail: (failure) =>
      Effect.gen(function* () {
        if (yield* Ref.getAndSet(failed, true)) return
        const isAnswered = yield* Ref.get(answered)
        // Ctrl+C at a command that has answered and only runs on, as the emulator does, is no failure.
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

/** A reader that has gone (`| head`) is no reason to fail. */
const write = (sink: Sink.Sink<void, string, never, PlatformError>, text: string): Effect.Effect<void> =>
  text === "" ? Effect.void : Effect.ignore(Stream.run(Stream.succeed(text), sink))
