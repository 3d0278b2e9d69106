import { isLocalUrl, onOffSetting } from "@klingkit/core/internal"
import { Config, Data, Effect, Option, Result } from "effect"

/** Who is let in, and by which name the server is known. */
export interface HostingSettings {
  /** The origin that clients see: `https://kling.example.com`. */
  readonly publicOrigin?: string
  /** Access tokens of this issuer, for this audience, are accepted. */
  readonly oauth?: { readonly issuer: string; readonly audience: string; readonly jwksUri?: string }
  /** Access keys that this server has given are accepted. */
  readonly acceptsKeys: boolean
}

/** Callers have to say who they are. */
export const isAuthenticated = ({ oauth, acceptsKeys }: HostingSettings): boolean => oauth !== undefined || acceptsKeys

/** Settings by which the server cannot run: one line each. */
export class HostingSettingsInvalid extends Data.TaggedError("HostingSettingsInvalid")<{
  readonly problems: ReadonlyArray<string>
}> {}

/** A setting without spaces around it; nothing where it is not set, or empty. */
export const optionalText = (name: string) =>
  Config.option(Config.String(name)).pipe(
    Effect.orDie,
    Effect.map((value) => Option.getOrElse(value, () => "").trim()),
    Effect.map((value) => (value === "" ? undefined : value))
  )

/** From `KLINGKIT_AUTH_ISSUER`, `_AUDIENCE`, `_JWKS_URI`, `_KEYS` and `KLINGKIT_PUBLIC_URL`; fails with every problem at once. */
export const hostingSettings: Effect.Effect<HostingSettings, HostingSettingsInvalid> = Effect.gen(function* () {
  const issuer = yield* optionalText("KLINGKIT_AUTH_ISSUER")
  const jwksUri = yield* optionalText("KLINGKIT_AUTH_JWKS_URI")
  const audience = yield* optionalText("KLINGKIT_AUTH_AUDIENCE")
  const keys = yield* Effect.result(onOffSetting("KLINGKIT_AUTH_KEYS"))
  const publicUrl = yield* optionalText("KLINGKIT_PUBLIC_URL")

  const problems = [
    ...urlProblem("KLINGKIT_AUTH_ISSUER", issuer),
    ...urlProblem("KLINGKIT_AUTH_JWKS_URI", jwksUri),
    ...urlProblem("KLINGKIT_PUBLIC_URL", publicUrl, true),
    ...(Result.isFailure(keys) ? [`KLINGKIT_AUTH_KEYS ${keys.failure}`] : []),
    ...(issuer === undefined
      ? [
          ...(jwksUri === undefined ? [] : ["KLINGKIT_AUTH_JWKS_URI needs KLINGKIT_AUTH_ISSUER"]),
          ...(audience === undefined ? [] : ["KLINGKIT_AUTH_AUDIENCE needs KLINGKIT_AUTH_ISSUER"])
        ]
      : publicUrl === undefined
        ? [
            "KLINGKIT_AUTH_ISSUER needs KLINGKIT_PUBLIC_URL: clients must be able to tell for which server they ask a token"
          ]
        : [])
  ]
  if (problems.length > 0) return yield* new HostingSettingsInvalid({ problems })
  const publicOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin
  return {
    acceptsKeys: Result.isSuccess(keys) && Option.getOrElse(keys.success, () => false),
    ...(publicOrigin === undefined ? {} : { publicOrigin }),
    ...(issuer === undefined || publicOrigin === undefined
      ? {}
      : {
          oauth: {
            issuer,
            audience: audience ?? resourceOf(publicOrigin),
            ...(jwksUri === undefined ? {} : { jwksUri })
          }
        })
  }
})

/** The OAuth resource: what clients ask tokens for. */
export const resourceOf = (publicOrigin: string): string => `${publicOrigin}/mcp`

/** What is wrong with the URL in a setting, which may be http on this machine only. */
export const urlProblem = (name: string, value: string | undefined, isOrigin = false): ReadonlyArray<string> => {
  if (value === undefined) return []
  const url = URL.parse(value)
  if (url === null || !(url.protocol === "https:" || (url.protocol === "http:" && isLocalUrl(value)))) {
    return [`${name} must be an https URL (http on this machine only)`]
  }
  if (`${url.username}${url.password}${url.search}${url.hash}` !== "") {
    return [`${name} must have no user name, query or fragment`]
  }
  return isOrigin && url.pathname !== "/" ? [`${name} must have no path: ${url.origin}`] : []
}
