import { sharedSecretKey } from "@klingkit/core/internal"
import { Effect, Redacted } from "effect"
import { Base64 } from "effect/encoding"

/**
 * The secret by which an endpoint recognizes its messages: `whsec_...`, derived from `KLINGKIT_SECRET` and the id of the
 * endpoint, so that it is stored nowhere. Nothing without `KLINGKIT_SECRET`.
 */
export const webhookSecret = (endpointId: string): Effect.Effect<Redacted.Redacted | undefined> =>
  Effect.map(sharedSecretKey(`webhook endpoint ${endpointId}`), (key) =>
    key === undefined ? undefined : Redacted.make(`whsec_${Base64.encode(key)}`)
  )
