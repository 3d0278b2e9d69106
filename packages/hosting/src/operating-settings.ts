import { Effect, type LogLevel, Result } from "effect"
import { hostingSettings, type HostingSettings, HostingSettingsInvalid, text } from "./settings.ts"

/** How a server is watched and stopped by those who run it. */
export interface OperatingSettings {
  readonly log: { readonly format: "text" | "json"; readonly level: LogLevel.LogLevel }
  /** Where metrics and health checks can be read without sign-in; nowhere when absent. */
  readonly metrics?: { readonly host: string; readonly port: number }
  /** How long a server that is stopped still serves, while `/readyz` already sends new requests elsewhere. */
  readonly drainSeconds: number
  /** The file to which each step of a paid job is appended; none when absent. */
  readonly auditLog?: string
}

const formats = { text: "text", json: "json" } as const
const levels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const

const operatingSettings: Effect.Effect<OperatingSettings, HostingSettingsInvalid> = Effect.gen(function* () {
  const auditLog = yield* text("KLINGKIT_AUDIT_LOG")
  const read = {
    format: oneOf("KLINGKIT_LOG", formats, (yield* text("KLINGKIT_LOG")) ?? "text"),
    level: oneOf("KLINGKIT_LOG_LEVEL", levels, (yield* text("KLINGKIT_LOG_LEVEL")) ?? "warn"),
    metrics: readAddress("KLINGKIT_METRICS", (yield* text("KLINGKIT_METRICS")) ?? "off"),
    drain: readSeconds("KLINGKIT_DRAIN_SECONDS", (yield* text("KLINGKIT_DRAIN_SECONDS")) ?? "0")
  }
  const { format, level, metrics, drain } = read
  if (Result.isFailure(format) || Result.isFailure(level) || Result.isFailure(metrics) || Result.isFailure(drain)) {
    const problems = Object.values(read).flatMap((each) => (each._tag === "Failure" ? [each.failure] : []))
    return yield* new HostingSettingsInvalid({ problems })
  }
  return {
    log: { format: format.success, level: level.success },
    drainSeconds: drain.success,
    ...(auditLog === undefined ? {} : { auditLog }),
    ...(metrics.success === undefined ? {} : { metrics: metrics.success })
  }
})

const oneOf = <A>(name: string, values: Readonly<Record<string, A>>, word: string): Result.Result<A, string> => {
  const value = Object.hasOwn(values, word.toLowerCase()) ? values[word.toLowerCase()] : undefined
  return value === undefined
    ? Result.fail(`${name} must be one of ${Object.keys(values).join(", ")}`)
    : Result.succeed(value)
}

/** `9464` on this machine, `0.0.0.0:9464` or `[::]:9464` elsewhere. */
const readAddress = (name: string, word: string): Result.Result<OperatingSettings["metrics"], string> => {
  if (word.toLowerCase() === "off") return Result.succeed(undefined)
  const [, host = "127.0.0.1", digits = ""] = /^(?:(\[[0-9a-f:.]+\]|[a-z0-9._-]+):)?(\d{1,5})$/i.exec(word) ?? []
  const port = digits === "" ? Infinity : Number(digits)
  return port > 65_535
    ? Result.fail(`${name} must be off, a port, or an address and a port, such as 127.0.0.1:9464`)
    : Result.succeed({ host: host.replace(/^\[(.*)\]$/, "$1"), port })
}

const longestDrain = 300

const readSeconds = (name: string, word: string): Result.Result<number, string> =>
  /^\d{1,3}$/.test(word) && Number(word) <= longestDrain
    ? Result.succeed(Number(word))
    : Result.fail(`${name} must be a number of seconds from 0 to ${longestDrain}`)

export interface ServerSettings {
  readonly hosting: HostingSettings
  readonly operating: OperatingSettings
}

/** All settings of a hosted server, from the environment; fails with every problem at once. */
export const serverSettings: Effect.Effect<ServerSettings, HostingSettingsInvalid> = Effect.gen(function* () {
  const hosting = yield* Effect.result(hostingSettings)
  const operating = yield* Effect.result(operatingSettings)
  if (Result.isSuccess(hosting) && Result.isSuccess(operating)) {
    return { hosting: hosting.success, operating: operating.success }
  }
  const problems = [hosting, operating].flatMap((read) => (read._tag === "Failure" ? read.failure.problems : []))
  return yield* new HostingSettingsInvalid({ problems })
})
