import type { KlingError } from "@klingkit/core"
import { selectTools, type Tool } from "@klingkit/tools"
import { Config, Effect, Option } from "effect"

/** The tools to serve: a flag overrides `KLINGKIT_TOOLSETS`. Fails if a toolset name is unknown. */
export const selectedTools = Effect.fnUntraced(function* (flags: {
  readonly toolsets: string | undefined
  readonly readOnly: boolean
}): Effect.fn.Return<ReadonlyArray<Tool>, KlingError> {
  const fromEnvironment = yield* Config.option(Config.String("KLINGKIT_TOOLSETS")).pipe(Effect.orDie)
  const tokens = yield* Config.option(Config.String("KLINGKIT_CONFIRM_TOKENS")).pipe(Effect.orDie)
  return yield* selectTools({
    toolsets: flags.toolsets ?? Option.getOrUndefined(fromEnvironment),
    readOnly: flags.readOnly,
    confirmTokens: /^\s*on\s*$/i.test(Option.getOrElse(tokens, () => ""))
  })
})
