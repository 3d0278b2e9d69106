import { Config, Effect, Option, Redacted } from "effect"
import { KlingError } from "../errors/kling-error.ts"
import type { Setting } from "../errors/setting.ts"
import { credentialProblems } from "./credential-shape.ts"

/**
 * An API key works for every operation; an access/secret key pair signs a token and works on legacy paths only.
 * Source: Kling docs, authentication.
 */
export type Credentials =
  | { readonly kind: "api-key"; readonly apiKey: Redacted.Redacted }
  | { readonly kind: "key-pair"; readonly accessKey: string; readonly secretKey: Redacted.Redacted }

export type CredentialKind = Credentials["kind"]

const nonBlank = (name: string) =>
  Config.option(Config.String(name)).pipe(
    Config.map(Option.flatMap((value) => (value.trim() === "" ? Option.none() : Option.some(value.trim()))))
  )

const variables = Config.all({
  apiKey: nonBlank("KLINGAI_API_KEY"),
  accessKey: nonBlank("KLINGAI_ACCESS_KEY"),
  secretKey: nonBlank("KLINGAI_SECRET_KEY"),
  oldAccessKey: nonBlank("KLING_ACCESS_KEY"),
  oldSecretKey: nonBlank("KLING_SECRET_KEY")
})

const missing = (setting: Setting) => new KlingError({ reason: { _tag: "MissingCredentials", settings: [setting] } })

/** The credential, unless its shape shows that it cannot be one: fails with `UnusableCredentials`, before any request. */
export const checkCredentials = (credentials: Credentials): Effect.Effect<Credentials, KlingError> => {
  const problems = credentialProblems(credentials)
  return problems.length === 0
    ? Effect.succeed(credentials)
    : Effect.fail(new KlingError({ reason: { _tag: "UnusableCredentials", problems } }))
}

/**
 * Reads the credential from the environment. Fails with `MissingCredentials`, which names what to set, or with
 * `UnusableCredentials`, which says what is wrong with its shape.
 */
export const credentialsFromConfig: Effect.Effect<Credentials, KlingError> = Effect.gen(function* () {
  const found = yield* variables
  if (Option.isSome(found.apiKey)) {
    return yield* checkCredentials({ kind: "api-key", apiKey: Redacted.make(found.apiKey.value) })
  }
  const accessKey = Option.orElse(found.accessKey, () => found.oldAccessKey)
  const secretKey = Option.orElse(found.secretKey, () => found.oldSecretKey)
  if (Option.isSome(accessKey) && Option.isSome(secretKey)) {
    return yield* checkCredentials({
      kind: "key-pair",
      accessKey: accessKey.value,
      secretKey: Redacted.make(secretKey.value)
    })
  }
  if (Option.isSome(accessKey)) return yield* missing("secretKey")
  if (Option.isSome(secretKey)) return yield* missing("accessKey")
  return yield* missing("apiKey")
}).pipe(Effect.catchTag("ConfigError", () => Effect.fail(missing("apiKey"))))
