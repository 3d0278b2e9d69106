import { Effect, Layer } from "effect"
import { CliOutput } from "effect/cli"
import { Output } from "./output.ts"
import { usageFailure } from "./usage-failure.ts"

/** Prints help and version as answers, and a wrong command line as a failure on stderr. */
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
