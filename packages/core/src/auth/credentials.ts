import { Config, Effect, Option, Redacted } from "effect"
import { KlingError } from "../errors/kling-error.ts"

/**
 * One string is an API key, good for every operation; two strings are an access/secret key pair, signed into a token
 * and good for legacy paths only. Source: Kling docs, authentication.
 */
export type Credentials =
  | { readonly kind: "api-key"; readonly apiKey: Redacted.Redacted }
  | { readonly kind: "key-pair"; readonly accessKey: string; readonly secretKey: Redacted.Redacted }

export type CredentialKind = Credentials["kind"]

const filled = (name: string) =>
  Config.option(Config.String(name)).pipe(
    Config.map(Option.flatMap((value) => (value.trim() === "" ? Option.none() : Option.some(value.trim()))))
  )

const variables = Config.all({
  apiKey: filled("KLINGAI_API_KEY"),
  accessKey: filled("KLINGAI_ACCESS_KEY"),
  secretKey: filled("KLINGAI_SECRET_KEY"),
  oldAccessKey: filled("KLING_ACCESS_KEY"),
  oldSecretKey: filled("KLING_SECRET_KEY")
})

const missing = (...names: ReadonlyArray<string>) =>
  new KlingError({ reason: { _tag: "MissingCredentials", variables: [...names] } })

/** Reads the credential from the environment; fails with `MissingCredentials`, which names the variables to set. */
export const credentialsFromConfig: Effect.Effect<Credentials, KlingError> = Effect.gen(function* () {
  const found = yield* variables
  if (Option.isSome(found.apiKey)) {
    return { kind: "api-key", apiKey: Redacted.make(found.apiKey.value) } as const
  }
  const accessKey = Option.orElse(found.accessKey, () => found.oldAccessKey)
  const secretKey = Option.orElse(found.secretKey, () => found.oldSecretKey)
  if (Option.isSome(accessKey) && Option.isSome(secretKey)) {
    return { kind: "key-pair", accessKey: accessKey.value, secretKey: Redacted.make(secretKey.value) } as const
  }
  if (Option.isSome(accessKey)) return yield* missing("KLINGAI_SECRET_KEY")
  if (Option.isSome(secretKey)) return yield* missing("KLINGAI_ACCESS_KEY")
  return yield* missing("KLINGAI_API_KEY")
}).pipe(Effect.catchTag("ConfigError", () => Effect.fail(missing("KLINGAI_API_KEY"))))
