import type { KlingError, Plan } from "@klingkit/core"
import { kebabName, maxVariants, type PipelinePlan, planVariants } from "@klingkit/core/requests"
import { namePlaceholders } from "@klingkit/jobs/internal"
import type { RunOptions } from "@klingkit/jobs"
import { Duration, Effect, Option } from "effect"
import { CliError, Flag } from "effect/cli"
import { type Deadline, deadlineAfter } from "./deadline.ts"
import { toggle } from "./toggle.ts"

const unitMillis: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

const timeout = Flag.String("timeout").pipe(Flag.withMetavar("time"))

const readTimeout = (value: string): Effect.Effect<Deadline, CliError.InvalidValue> => {
  const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(value.trim()) ?? []
  const millis = Number(amount) * (unitMillis[unit] ?? 0)
  return millis > 0
    ? deadlineAfter(Duration.millis(millis))
    : Effect.fail(
        new CliError.InvalidValue({
          option: "timeout",
          value,
          expected: "a time such as 30s, 5m or 1h",
          kind: "flag"
        })
      )
}

/** Flags are read when a command starts: its time runs from there. */
export const timeoutFlag = timeout.pipe(
  Flag.withDescription(
    "give up after this long, downloads included: 30s, 5m, 1h; default 30m (the task keeps running; exit code 8)"
  ),
  Flag.withDefault("30m"),
  Flag.mapEffect(readTimeout)
)

/** For a file of many requests, of which the last may start long after the first. */
export const timeoutOfAllFlag = timeout.pipe(
  Flag.withDescription(
    "give up after this long in all, downloads included: 30s, 5m, 1h; by default each line has 30m (tasks keep running; exit code 8)"
  ),
  Flag.mapEffect(readTimeout),
  Flag.optional
)

const placeholders = Object.keys(namePlaceholders)
  .map((name) => `{${name}}`)
  .join(" ")

export const outputFlag = Flag.String("output").pipe(
  Flag.withAlias("o"),
  Flag.withMetavar("folder|file"),
  Flag.withDescription(
    `where to save the result: a folder, a file name such as boat.mp4, or a name built from ${placeholders}`
  ),
  Flag.optional
)

export const forceFlag = toggle("force", "overwrite existing files")

/** Flags of every paid command. */
export const paidFlags = {
  dryRun: toggle("dry-run", "print the request and its price without sending it"),
  wait: toggle("wait", "wait for the task to finish"),
  timeout: timeoutFlag,
  output: outputFlag,
  force: forceFlag,
  yes: toggle("yes", "approve prices above KLINGKIT_CONFIRM_ABOVE_USD and requests without a known price"),
  key: Flag.String("key").pipe(
    Flag.withMetavar("text"),
    Flag.withDescription("your own key for this request: the same key is always the same job"),
    Flag.optional
  ),
  take: Flag.Int("take").pipe(
    Flag.withMetavar("n"),
    Flag.withDescription("which of several results of the same request this is: 2 makes a second one"),
    Flag.filter(
      (take) => take >= 1,
      () => "must be 1 or more"
    ),
    Flag.optional
  ),
  variants: Flag.Int("variants").pipe(
    Flag.withMetavar("n"),
    Flag.withDescription(`so many takes at once, 1 to ${maxVariants}: each is a task of its own, and is paid`),
    Flag.optional
  ),
  allowDuplicate: toggle("allow-duplicate", "the next take, whichever number that is"),
  /** The old name of `--allow-duplicate`. */
  again: toggle("again", "the old name of --allow-duplicate").pipe(Flag.withHidden)
}

export interface PaidFlags {
  readonly dryRun: boolean
  readonly wait: boolean
  readonly timeout: Deadline
  readonly output: Option.Option<string>
  readonly force: boolean
  readonly yes: boolean
  readonly key: Option.Option<string>
  readonly take: Option.Option<number>
  readonly variants: Option.Option<number>
  readonly allowDuplicate: boolean
  readonly again: boolean
}

/** The plan of the takes that the flags ask for. */
export const withVariants = <A extends Plan | PipelinePlan>(
  plan: A,
  { variants, allowDuplicate, again }: Pick<PaidFlags, "variants" | "allowDuplicate" | "again">
): Effect.Effect<A, KlingError> =>
  planVariants(
    plan,
    { variants: Option.getOrUndefined(variants), allowDuplicate: allowDuplicate || again },
    (setting) => `--${kebabName(setting)}`
  )

/** Which job a request is: that of the user's key, of a take, or the next take. */
export const identityOptions = ({
  key,
  take,
  allowDuplicate,
  again
}: Pick<PaidFlags, "key" | "take" | "allowDuplicate" | "again">): Pick<
  RunOptions,
  "idempotencyKey" | "take" | "allowDuplicate"
> => ({
  ...(Option.isSome(key) ? { idempotencyKey: key.value } : {}),
  ...(Option.isSome(take) ? { take: take.value } : {}),
  ...(allowDuplicate || again ? { allowDuplicate: true } : {})
})
