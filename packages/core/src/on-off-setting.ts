import { Config, Effect, Option } from "effect"

/** As Effect's own settings are read, in any letters. */
const words: ReadonlyMap<string, boolean> = new Map([
  ...["on", "true", "yes", "y", "1"].map((word) => [word, true] as const),
  ...["off", "false", "no", "n", "0"].map((word) => [word, false] as const)
])

/** A setting that is on or off, from its environment variable; absent when blank. Fails with what it must be. */
export const onOffSetting = (variable: string): Effect.Effect<Option.Option<boolean>, string> =>
  Effect.gen(function* () {
    const text = yield* Config.option(Config.String(variable)).pipe(Effect.orElseSucceed(() => Option.none<string>()))
    const value = Option.getOrElse(text, () => "").trim()
    if (value === "") return Option.none()
    const isOn = words.get(value.toLowerCase())
    return isOn === undefined
      ? yield* Effect.fail(`must be on or off, not ${JSON.stringify(value)}`)
      : Option.some(isOn)
  })
