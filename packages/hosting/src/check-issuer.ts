import { fetchHttpClient } from "@klingkit/core"
import { Effect, Schema } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { answerTimeout, discoverIssuer, IssuerUnreadable } from "./issuer-keys.ts"
import type { HostingSettings } from "./settings.ts"

const KeySet = Schema.Struct({ keys: Schema.Array(Schema.Struct({ kty: Schema.String })) })

/** Where an issuer has its keys, and how many there are by which tokens can be verified; fails if there is none. */
export const checkIssuer = Effect.fnUntraced(function* ({ issuer, jwksUri }: NonNullable<HostingSettings["oauth"]>) {
  const address = jwksUri ?? (yield* discoverIssuer(issuer)).jwks_uri
  const { keys } = yield* HttpClient.get(address).pipe(
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    Effect.flatMap(HttpClientResponse.schemaBodyJson(KeySet)),
    Effect.timeout(answerTimeout),
    Effect.mapError(() => new IssuerUnreadable({ message: `the keys at ${address} cannot be read` }))
  )
  // A shared secret verifies nothing here.
  const usable = keys.filter(({ kty }) => kty !== "oct").length
  return usable > 0
    ? { jwksUri: address, keys: usable }
    : yield* new IssuerUnreadable({ message: `there is no public key at ${address}` })
}, Effect.provide(fetchHttpClient))
