import type { AnyRequest } from "@klingkit/core/requests"
import { Effect, Option } from "effect"
import { Command } from "effect/cli"
import { paidFlags } from "./paid-flags.ts"
import { planGiven } from "./plan-given.ts"
import { argumentField, requestArgument, requestFlags } from "./request-flags.ts"
import { exampleOf } from "./request-example.ts"
import { runRequest } from "./run-request.ts"

/** The command of a request: its fields as flags, its prompt as the argument. */
export const requestCommand = (request: AnyRequest) => {
  const [, verb = request.command] = request.command.split(" ")
  const argument = argumentField(request)
  return Command.make(
    verb,
    {
      words: argument === undefined ? [] : [requestArgument(argument)],
      request: requestFlags(request),
      ...paidFlags
    },
    Effect.fnUntraced(function* ({ words: [words], request: flags, ...paid }) {
      const given = { ...flags, ...(argument === undefined || words === undefined ? {} : { [argument]: words }) }
      yield* runRequest(yield* planGiven(request, definedFlags(given)), paid)
    })
  ).pipe(Command.withDescription(request.summary), Command.withExamples([{ command: exampleOf(request) }]))
}

/** The flags that were set, by field. */
export const definedFlags = (
  flags: Readonly<Record<string, Option.Option<unknown>>>
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(flags).flatMap(([field, value]) => (Option.isSome(value) ? [[field, value.value]] : []))
  )
