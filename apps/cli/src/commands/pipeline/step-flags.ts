import { Effect, Option } from "effect"
import { CliError, Flag } from "effect/cli"
import { toggle } from "../toggle.ts"

/** Which takes are wanted: of the whole, and of single steps. */
interface Takes {
  readonly take: Option.Option<number>
  readonly stepTakes: Readonly<Record<string, number>>
}

/** `--take 2` for the whole pipeline, `--take step=2` for one step. */
export const takesFlag = Flag.String("take").pipe(
  Flag.withMetavar("n|step=n"),
  Flag.withDescription(
    "which of several results: 2 makes another of every step, step=2 of one step and what takes from it"
  ),
  Flag.atLeast(0),
  Flag.mapEffect((values) => {
    const parsed = values.map((value) => ({ value, ...takeOf(value) }))
    const invalid = parsed.find(({ take }) => take === undefined)
    if (invalid !== undefined) {
      return Effect.fail(
        new CliError.InvalidValue({
          option: "take",
          value: invalid.value,
          expected: "a number from 1, or a step and a number, such as 2 or shot=2",
          kind: "flag"
        })
      )
    }
    const whole = parsed.filter(({ step }) => step === undefined).at(-1)?.take
    return Effect.succeed<Takes>({
      take: Option.fromUndefinedOr(whole),
      stepTakes: Object.fromEntries(
        parsed.flatMap(({ step, take }) => (step === undefined || take === undefined ? [] : [[step, take]]))
      )
    })
  })
)

const takeOf = (value: string): { readonly step?: string; readonly take?: number } => {
  const [, step, take] = /^(?:(.+)=)?([1-9]\d{0,5})$/.exec(value.trim()) ?? []
  return { ...(step === undefined ? {} : { step }), ...(take === undefined ? {} : { take: Number(take) }) }
}

export const onlyFlag = Flag.String("only").pipe(
  Flag.withMetavar("step"),
  Flag.withDescription("make only this step, and the steps that it takes from; may be repeated"),
  Flag.atLeast(0)
)

export const retryFailedFlag = toggle(
  "retry-failed",
  "pay again for steps that have failed at Kling; steps that are made are kept"
)
