import { fetchHttpClient, Kling } from "@klingkit/core"
import { baseUrlFromConfig, credentialsFromConfig } from "@klingkit/core/internal"
import { checkIssuer, type HostingSettings } from "@klingkit/hosting"
import { LedgerSource, spendLimits } from "@klingkit/jobs"
import { Effect, Layer, Stream } from "effect"
import { type Finding, notTried, ok, wrong } from "./finding.ts"

/** An unreadable limit does not keep the server from starting: it blocks every paid request. */
export const checkLimits: Effect.Effect<Finding> = spendLimits.pipe(
  Effect.as(ok("limits", "can be read")),
  Effect.catch((error) => Effect.succeed(wrong("limits", `${error.message}; ${error.suggestion}`)))
)

export const checkLedger: Effect.Effect<Finding, never, LedgerSource> = LedgerSource.use(({ open }) => open).pipe(
  Effect.flatMap(({ accessKeys }) => accessKeys.find("")),
  Effect.as(ok("ledger", "can be opened and read")),
  Effect.catch((error) => Effect.succeed(wrong("ledger", `${error.message}; ${error.suggestion}`)))
)

export const checkIssuerOf = ({ oauth }: HostingSettings): Effect.Effect<Finding> =>
  oauth === undefined
    ? Effect.succeed(notTried("issuer", "KLINGKIT_AUTH_ISSUER is not set"))
    : checkIssuer(oauth).pipe(
        Effect.map(({ jwksUri, keys }) => ok("issuer", `${oauth.issuer} has ${keys} public keys at ${jwksUri}`)),
        Effect.catch(({ message }) =>
          Effect.succeed(
            wrong(
              "issuer",
              `${message}: no token can be verified; check KLINGKIT_AUTH_ISSUER and KLINGKIT_AUTH_JWKS_URI, and that this machine can reach it`
            )
          )
        )
      )

/** Reads the newest task, which is free. */
export const checkKling: Effect.Effect<Finding> = Effect.gen(function* () {
  const { kind } = yield* credentialsFromConfig
  const baseUrl = yield* baseUrlFromConfig
  const kling = Layer.provide(Kling.layerConfig(), fetchHttpClient)
  yield* Effect.provide(
    Kling.use((client) => Stream.runHead(client.tasks({ pageSize: 1 }))),
    kling
  )
  const credential = kind === "api-key" ? "the API key" : "the key pair"
  return ok("Kling", `${baseUrl} answers a free read (the list of tasks) with ${credential}`)
}).pipe(Effect.catch((error) => Effect.succeed(wrong("Kling", `${error.message}; ${error.suggestion}`))))
