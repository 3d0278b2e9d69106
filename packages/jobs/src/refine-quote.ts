import type { LengthSource, Plan, TaskOutput } from "@klingkit/core"
import { inlineSeconds } from "@klingkit/media/internal"
import { Effect } from "effect"
import { LedgerSource } from "./ledger/ledger-source.ts"

/**
 * Refines a plan's quote if the price depends on the duration of a video or audio that is known here: local media, or a
 * result of a job in this ledger; `known` has lengths that were read already. Otherwise the quote keeps its upper bound;
 * remote media is never fetched.
 */
export const refineQuote = Effect.fnUntraced(function* (
  plan: Plan,
  principal = "local",
  known: (media: string) => number | undefined = () => undefined
): Effect.fn.Return<Plan, never, LedgerSource> {
  const { operation, input } = plan
  const source = operation.lengthFrom?.(input)
  if (source === undefined) return plan
  const read = "media" in source ? known(source.media) : undefined
  const seconds = read ?? (yield* secondsOf(source, principal))
  return seconds === undefined ? plan : { ...plan, quote: operation.price(input, seconds) }
})

const secondsOf = Effect.fnUntraced(function* (source: LengthSource, principal: string) {
  const name = "id" in source ? source.id : source.media
  if ("id" in source || /^https?:/i.test(name)) {
    // A price is no reason to fail: without a ledger the quote keeps its upper bound.
    return yield* LedgerSource.use(({ open }) => open).pipe(
      Effect.flatMap((ledger) => ledger.list({ principal, result: name, limit: 1 })),
      Effect.map(({ jobs }) => jobs.flatMap(({ outputs }) => outputs.filter((output) => hasValue(output, name)))[0]),
      Effect.map((output) =>
        output !== undefined && "durationSeconds" in output ? output.durationSeconds : undefined
      ),
      Effect.orElseSucceed(() => undefined)
    )
  }
  return yield* inlineSeconds(name)
})

const hasValue = (output: TaskOutput, name: string): boolean => Object.values(output).includes(name)
