import { type AnyRequest, makesJob } from "@klingkit/core/requests"
import { Effect, Option } from "effect"
import { Command } from "effect/cli"
import { paidFlags } from "./paid-flags.ts"
import { planGiven } from "./plan-given.ts"
import { readTextArgument } from "./read-text-argument.ts"
import { argumentField, isTextArgument, requestArgument, requestFlags } from "./request-flags.ts"
import { exampleOf } from "./request-example.ts"
import { runFree } from "./run-free.ts"
import { runRequest } from "./run-request.ts"

/** The command of a request: its fields as flags, its prompt as the argument; with the flags of a paid one unless it is free. */
export const requestCommand = (request: AnyRequest) => {
  const [, verb = request.command] = request.command.split(" ")
  const field = argumentField(request)
  const own = { words: field === undefined ? [] : [requestArgument(field)], request: requestFlags(request) }
  const given = Effect.fnUntraced(function* ({ words: [words = Option.none()], request: flags }: Given) {
    if (field === undefined || Option.isNone(words)) return definedFlags(flags)
    const read = isTextArgument(field) ? yield* readTextArgument(field, String(words.value)) : words.value
    return definedFlags({ ...flags, [field]: Option.some(read) })
  })
  const command = makesJob(request)
    ? Command.make(
        verb,
        { ...own, ...paidFlags },
        Effect.fnUntraced(function* ({ words, request: flags, ...paid }) {
          yield* runRequest(yield* planGiven(request, yield* given({ words, request: flags })), paid)
        })
      )
    : Command.make(
        verb,
        own,
        Effect.fnUntraced(function* (flags) {
          yield* runFree(request, yield* planGiven(request, yield* given(flags)))
        })
      )
  return command.pipe(Command.withDescription(request.summary), Command.withExamples([{ command: exampleOf(request) }]))
}

interface Given {
  readonly words: ReadonlyArray<Option.Option<unknown>>
  readonly request: Readonly<Record<string, Option.Option<unknown>>>
}

/** The flags that were set, by field. */
export const definedFlags = (
  flags: Readonly<Record<string, Option.Option<unknown>>>
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(flags).flatMap(([field, value]) => (Option.isSome(value) ? [[field, value.value]] : []))
  )
