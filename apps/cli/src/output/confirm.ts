import { Effect, Stdio, Terminal } from "effect"
import { exitCode } from "./exit-code.ts"
import { CommandError } from "./failure.ts"
import { Output } from "./output.ts"

interface Question {
  /** Answered with yes or no. */
  readonly question: string
  /** What to do where the user cannot be asked. */
  readonly otherwise: string
  /** What has not happened then, in words. */
  readonly undone: string
}

/** Whether the user says yes. Fails where there is no terminal to ask at. */
export const confirmAtTerminal = Effect.fnUntraced(function* ({ question, otherwise, undone }: Question) {
  const stdio = yield* Stdio.Stdio
  const output = yield* Output
  if (!(yield* stdio.stdinIsTerminal) || !(yield* stdio.stderrIsTerminal)) {
    return yield* notConfirmed(`${undone}: there is no terminal to ask at`, otherwise)
  }
  yield* output.say(`${question} [y/N]`)
  const answer = yield* Terminal.Terminal.use((terminal) => terminal.readLine).pipe(Effect.orElseSucceed(() => ""))
  return /^y(es)?$/i.test(answer.trim())
})

/** The user was not asked, or has said no. */
export const notConfirmed = (message: string, suggestion: string): CommandError =>
  new CommandError({
    failure: { code: "CLI_NOT_CONFIRMED", message, suggestion, charged: "no", exitCode: exitCode.notApproved }
  })
