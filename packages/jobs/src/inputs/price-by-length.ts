import type { LengthSource, Plan, TaskOutput } from "@klingkit/core"
import { Effect } from "effect"
import { Base64 } from "effect/encoding"
import { LedgerSource } from "../ledger/ledger-source.ts"
import { probeMedia } from "./probe-media.ts"

/**
 * The plan with a better price, where that follows a clip or a sound whose length is known here: it was read from this
 * machine, or this ledger's jobs have made it. Of all others the quote names the most, and nobody fetches them.
 */
export const priceByLength = Effect.fnUntraced(function* (
  plan: Plan,
  principal = "local"
): Effect.fn.Return<Plan, never, LedgerSource> {
  const { operation, input } = plan
  const source = operation.lengthFrom?.(input)
  const seconds = source === undefined ? undefined : yield* secondsOf(source, principal)
  return seconds === undefined ? plan : { ...plan, quote: operation.price(input, seconds) }
})

const secondsOf = Effect.fnUntraced(function* (source: LengthSource, principal: string) {
  const name = "id" in source ? source.id : source.media
  if ("id" in source || /^https?:/i.test(name)) {
    // A price is no reason to fail: without a ledger the quote is as open as before.
    return yield* LedgerSource.use(({ open }) => open).pipe(
      Effect.flatMap((ledger) => ledger.list({ principal, result: name, limit: 1 })),
      Effect.map(({ jobs }) => jobs.flatMap(({ outputs }) => outputs.filter((one) => isCalled(one, name)))[0]),
      Effect.map((made) => (made !== undefined && "durationSeconds" in made ? made.durationSeconds : undefined)),
      Effect.orElseSucceed(() => undefined)
    )
  }
  const bytes = Base64.decode(name)
  return bytes._tag === "Success" ? (yield* probeMedia(bytes.success))?.durationSeconds : undefined
})

const isCalled = (output: TaskOutput, name: string): boolean => Object.values(output).includes(name)
