import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Option } from "effect"
import { onOffSetting } from "./on-off-setting.ts"

const read = (value: string | undefined) =>
  Effect.provideService(
    onOffSetting("SWITCH"),
    ConfigProvider.ConfigProvider,
    ConfigProvider.fromUnknown(value === undefined ? {} : { SWITCH: value })
  )

describe("a setting that is on or off", () => {
  it.effect.each([
    ...["on", "ON", "true", "True", "yes", "YES", "1", " on "].map((word) => [word, Option.some(true)] as const),
    ...["off", "Off", "false", "FALSE", "no", "No", "0"].map((word) => [word, Option.some(false)] as const),
    ...[undefined, "", "  "].map((word) => [word, Option.none()] as const)
  ])("reads %j", ([word, value]) =>
    Effect.gen(function* () {
      expect(yield* read(word)).toEqual(value)
    })
  )

  it.effect.each(["none", "2", "${SWITCH}", "on off"])("refuses %j", (word) =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(read(word))).toBe(`must be on or off, not ${JSON.stringify(word)}`)
    })
  )
})
