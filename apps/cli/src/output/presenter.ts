import { Effect, Layer } from "effect"
import { CliOutput } from "effect/cli"
import { Output } from "./output.ts"
import { usageFailure } from "./usage-failure.ts"

/** Help and version are answers; a wrong command line is a failure like any other, and its words go to stderr. */
export const presenter: Layer.Layer<never, never, Output> = Layer.effect(
  CliOutput.Presenter,
  Effect.gen(function* () {
    const output = yield* Output
    const formatter = yield* CliOutput.Formatter
    return {
      present: (event) => {
        switch (event._tag) {
          case "Help": {
            if (event.reason === "Implicit") return output.fail(usageFailure({ ...event, errors: [] }))
            const text = formatter.formatHelpDoc(event.helpDoc)
            return output.answer({ json: { help: text }, text })
          }
          case "InvalidInvocation":
            return output.fail(usageFailure(event))
          case "Version":
            return output.answer({ json: { version: event.version }, text: event.version })
        }
      }
    }
  })
)
