import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { serverSettings } from "./operating-settings.ts"

const read = (env: Readonly<Record<string, string>>) =>
  serverSettings.pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))

describe("the settings of those who run a server", () => {
  it.effect("have defaults", () =>
    Effect.gen(function* () {
      expect(yield* read({})).toEqual({
        hosting: { acceptsKeys: false },
        operating: { log: { format: "text", level: "Warn" }, drainSeconds: 0 }
      })
    })
  )

  it.effect("are read in any letters", () =>
    Effect.gen(function* () {
      const { operating } = yield* read({ KLINGKIT_LOG: "JSON", KLINGKIT_LOG_LEVEL: "debug" })
      expect(operating.log).toEqual({ format: "json", level: "Debug" })
    })
  )

  it.effect.each([
    ["OFF", undefined],
    ["9464", { host: "127.0.0.1", port: 9464 }],
    ["0.0.0.0:9464", { host: "0.0.0.0", port: 9464 }],
    ["[::]:0", { host: "::", port: 0 }]
  ] as const)("take %s as where metrics are", ([text, expected]) =>
    Effect.gen(function* () {
      expect((yield* read({ KLINGKIT_METRICS: text })).operating.metrics).toEqual(expected)
    })
  )

  it.effect.each(["on", "70000", "http://127.0.0.1:9464", "127.0.0.1", ":1"])(
    "refuse %s as where metrics are",
    (text) =>
      Effect.gen(function* () {
        const { problems } = yield* Effect.flip(read({ KLINGKIT_METRICS: text }))
        expect(problems).toEqual([
          "KLINGKIT_METRICS must be off, a port, or an address and a port, such as 127.0.0.1:9464"
        ])
      })
  )

  it.effect("are refused together with those of who may call, a problem each", () =>
    Effect.gen(function* () {
      const { problems } = yield* Effect.flip(
        read({
          KLINGKIT_LOG: "xml",
          KLINGKIT_LOG_LEVEL: "loud",
          KLINGKIT_AUTH_KEYS: "perhaps",
          KLINGKIT_DRAIN_SECONDS: "1m"
        })
      )
      expect(problems).toEqual([
        expect.stringMatching(/^KLINGKIT_AUTH_KEYS must be on or off/),
        "KLINGKIT_LOG must be one of text, json",
        "KLINGKIT_LOG_LEVEL must be one of debug, info, warn, error",
        "KLINGKIT_DRAIN_SECONDS must be a number of seconds from 0 to 300"
      ])
    })
  )
})
