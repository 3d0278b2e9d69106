import { Effect, type LogLevel } from "effect"
import { hostingSettings, type HostingSettings, HostingSettingsInvalid, text } from "./settings.ts"

/** How a server is watched and stopped by those who run it. */
export interface OperatingSettings {
  readonly log: { readonly format: "text" | "json"; readonly level: LogLevel.LogLevel }
}

const formats = { text: "text", json: "json" } as const
const levels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const

const operatingSettings: Effect.Effect<OperatingSettings, HostingSettingsInvalid> = Effect.gen(function* () {
  const format = oneOf("KLINGKIT_LOG", formats, (yield* text("KLINGKIT_LOG")) ?? "text")
  const level = oneOf("KLINGKIT_LOG_LEVEL", levels, (yield* text("KLINGKIT_LOG_LEVEL")) ?? "warn")
  const problems = [format, level].flatMap((read) => ("problem" in read ? [read.problem] : []))
  if ("problem" in format || "problem" in level) return yield* new HostingSettingsInvalid({ problems })
  return { log: { format: format.value, level: level.value } }
})

type Read<A> = { readonly value: A } | { readonly problem: string }

const oneOf = <A>(name: string, values: Readonly<Record<string, A>>, word: string): Read<A> => {
  const value = Object.hasOwn(values, word.toLowerCase()) ? values[word.toLowerCase()] : undefined
  return value === undefined ? { problem: `${name} must be one of ${Object.keys(values).join(", ")}` } : { value }
}

export interface ServerSettings {
  readonly hosting: HostingSettings
  readonly operating: OperatingSettings
}

/** All settings of a hosted server, from the environment; fails with every problem at once. */
export const serverSettings: Effect.Effect<ServerSettings, HostingSettingsInvalid> = Effect.gen(function* () {
  const read = { hosting: yield* Effect.result(hostingSettings), operating: yield* Effect.result(operatingSettings) }
  return read
}).pipe(
  Effect.flatMap(({ hosting, operating }) =>
    hosting._tag === "Success" && operating._tag === "Success"
      ? Effect.succeed({ hosting: hosting.success, operating: operating.success })
      : Effect.fail(
          new HostingSettingsInvalid({
            problems: [hosting, operating].flatMap((read) => (read._tag === "Failure" ? read.failure.problems : []))
          })
        )
  )
)
