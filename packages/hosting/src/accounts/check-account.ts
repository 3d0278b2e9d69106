import {
  type Credentials,
  fetchHttpClient,
  Kling,
  type KlingError,
  operations,
  regionUrls,
  retrySchedule
} from "@klingkit/core"
import { firstPackMillis, otherBaseUrl } from "@klingkit/core/internal"
import { Clock, Data, Effect, Layer, Schedule } from "effect"
import type { KlingAccount } from "./kling-accounts.ts"

/** What an account has to spend, as Kling says. */
export interface ResourcePack {
  readonly name: string
  readonly remaining: number
  readonly total: number
  /** `online`, `runOut`, `expired`, `toBeOnline`, or another word of Kling's. */
  readonly status: string
}

/** Kling did not say whether the key is valid. */
export class KlingAway extends Data.TaggedError("KlingAway")<{ readonly cause: KlingError | "timeout" }> {}

/** The user waits for the page. */
const readTimeout = "15 seconds"

/**
 * Asks Kling what an account has left: a free read, which only a valid key may make. Fails with the `KlingError` of a credential
 * that Kling, or its shape, refuses.
 */
export const checkAccount = ({
  credentials,
  region
}: Pick<KlingAccount, "credentials" | "region">): Effect.Effect<ReadonlyArray<ResourcePack>, KlingError | KlingAway> =>
  Effect.gen(function* () {
    const kling = yield* klingOf(credentials, region)
    const endTime = yield* Clock.currentTimeMillis
    const { resource_pack_subscribe_infos: packs = [] } = yield* kling.call(operations["account.costs"], {
      startTime: firstPackMillis,
      endTime
    })
    return packs.map(({ resource_pack_name, remaining_quantity, total_quantity, status }) => ({
      name: resource_pack_name,
      remaining: remaining_quantity,
      total: total_quantity,
      status
    }))
  }).pipe(
    Effect.scoped,
    Effect.catchIf(isAway, (cause) => Effect.fail(new KlingAway({ cause }))),
    Effect.timeoutOrElse({ duration: readTimeout, orElse: () => Effect.fail(new KlingAway({ cause: "timeout" })) })
  )

const klingOf = Effect.fnUntraced(function* (credentials: Credentials, region: KlingAccount["region"]) {
  const baseUrl = (yield* otherBaseUrl) ?? regionUrls[region]
  const layer = Kling.layer({ credentials, baseUrl, retrySchedule: Schedule.upTo(retrySchedule, { times: 2 }) })
  const context = yield* Layer.build(Layer.provide(layer, fetchHttpClient))
  return yield* Effect.provide(Kling, context)
})

/** It says nothing of the key. */
const isAway = (error: KlingError): boolean => error.isRetryable || error.mayHaveExecuted
