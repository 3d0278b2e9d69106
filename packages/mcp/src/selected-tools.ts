import type { KlingError } from "@klingkit/core"
import { onOffSetting } from "@klingkit/core/internal"
import { selectTools, type Tool } from "@klingkit/tools"
import { Config, Effect, Option } from "effect"

/** The tools to serve: a flag overrides `KLINGKIT_TOOLSETS`. Fails if a toolset name is unknown. */
export const selectedTools = Effect.fnUntraced(function* (flags: {
  readonly toolsets: string | undefined
  readonly readOnly: boolean
}): Effect.fn.Return<ReadonlyArray<Tool>, KlingError> {
  const fromEnvironment = yield* Config.option(Config.String("KLINGKIT_TOOLSETS")).pipe(Effect.orDie)
  // What is neither on nor off is reported with the other limits, at the first call.
  const tokens = yield* Effect.orElseSucceed(onOffSetting("KLINGKIT_CONFIRM_TOKENS"), () => Option.none())
  return yield* selectTools({
    toolsets: flags.toolsets ?? Option.getOrUndefined(fromEnvironment),
    readOnly: flags.readOnly,
    confirmTokens: Option.getOrElse(tokens, () => false)
  })
})
