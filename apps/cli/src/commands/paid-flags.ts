import { namePlaceholders } from "@klingkit/jobs"
import { Duration, Effect, type Option } from "effect"
import { CliError, Flag } from "effect/cli"

const unitMillis: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

const toggle = (name: string, about: string) =>
  Flag.Boolean(name).pipe(Flag.withoutNegation, Flag.withDescription(about), Flag.withDefault(false))

export const timeoutFlag = Flag.String("timeout").pipe(
  Flag.withMetavar("time"),
  Flag.withDescription("how long to wait at most: 30s, 5m, 1h; default 30m. The task goes on, exit code 8"),
  Flag.withDefault("30m"),
  Flag.mapEffect((value) => {
    const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(value.trim()) ?? []
    const millis = Number(amount) * (unitMillis[unit] ?? 0)
    return millis > 0
      ? Effect.succeed(Duration.millis(millis))
      : Effect.fail(
          new CliError.InvalidValue({
            option: "timeout",
            value,
            expected: "a time such as 30s, 5m or 1h",
            kind: "flag"
          })
        )
  })
)

const placeholders = Object.keys(namePlaceholders)
  .map((name) => `{${name}}`)
  .join(" ")

export const outputFlag = Flag.String("output").pipe(
  Flag.withAlias("o"),
  Flag.withMetavar("folder|file"),
  Flag.withDescription(
    `where the result goes: a folder, a file name such as film.mp4, or a name made of ${placeholders}`
  ),
  Flag.optional
)

export const forceFlag = toggle("force", "overwrite a file that exists")

/** What every paid command takes beside its own flags. */
export const paidFlags = {
  dryRun: toggle("dry-run", "show the exact request, why it is made so, and its price; send nothing"),
  wait: toggle("wait", "wait until the task has ended"),
  timeout: timeoutFlag,
  output: outputFlag,
  force: forceFlag,
  yes: toggle("yes", "approve a price above KLINGKIT_CONFIRM_ABOVE_USD, or one that nobody knows before"),
  again: toggle("again", "make it again, although the same request was made a moment ago")
}

export interface PaidFlags {
  readonly dryRun: boolean
  readonly wait: boolean
  readonly timeout: Duration.Duration
  readonly output: Option.Option<string>
  readonly force: boolean
  readonly yes: boolean
  readonly again: boolean
}
