import { isLocalUrl, onOffSetting } from "@klingkit/core/internal"
import { Config, Data, Effect, Option, Result } from "effect"
import type { TokenSettings } from "./token-verifier.ts"

/** Who is let in, and by which name the server is known. */
export interface HostingSettings {
  /** The origin that clients see: `https://kling.example.com`. */
  readonly publicOrigin?: string
  /** Access tokens of this issuer, for this audience, are accepted. */
  readonly oauth?: TokenSettings & { readonly jwksUri?: string }
  /** Access keys that this server has given are accepted. */
  readonly acceptsKeys: boolean
}

/** Callers have to say who they are. */
export const isAuthenticated = ({ oauth, acceptsKeys }: HostingSettings): boolean => oauth !== undefined || acceptsKeys

/** Settings by which the server cannot run: one line each. */
export class HostingSettingsInvalid extends Data.TaggedError("HostingSettingsInvalid")<{
  readonly problems: ReadonlyArray<string>
}> {}

const text = (name: string) =>
  Config.option(Config.String(name)).pipe(
    Effect.orDie,
    Effect.map((value) => Option.getOrElse(value, () => "").trim()),
    Effect.map((value) => (value === "" ? undefined : value))
  )

/**
 * From `KLINGKIT_AUTH_ISSUER`, `_AUDIENCE`, `_JWKS_URI`, `_KEYS`, `KLINGKIT_PUBLIC_URL`, `KLINGKIT_PROJECT_CLAIM` and
 * `KLINGKIT_ORGANIZATION_CLAIM`; fails with every problem at once.
 */
export const hostingSettings: Effect.Effect<HostingSettings, HostingSettingsInvalid> = Effect.gen(function* () {
  const issuer = yield* text("KLINGKIT_AUTH_ISSUER")
  const jwksUri = yield* text("KLINGKIT_AUTH_JWKS_URI")
  const audience = yield* text("KLINGKIT_AUTH_AUDIENCE")
  const keys = yield* Effect.result(onOffSetting("KLINGKIT_AUTH_KEYS"))
  const publicUrl = yield* text("KLINGKIT_PUBLIC_URL")
  const projectClaim = yield* text("KLINGKIT_PROJECT_CLAIM")
  const organizationClaim = yield* text("KLINGKIT_ORGANIZATION_CLAIM")

  const problems = [
    ...urlProblem("KLINGKIT_AUTH_ISSUER", issuer),
    ...urlProblem("KLINGKIT_AUTH_JWKS_URI", jwksUri),
    ...urlProblem("KLINGKIT_PUBLIC_URL", publicUrl, true),
    ...(Result.isFailure(keys) ? [`KLINGKIT_AUTH_KEYS ${keys.failure}`] : []),
    ...(issuer === undefined
      ? [
          ...(jwksUri === undefined ? [] : ["KLINGKIT_AUTH_JWKS_URI needs KLINGKIT_AUTH_ISSUER"]),
          ...(audience === undefined ? [] : ["KLINGKIT_AUTH_AUDIENCE needs KLINGKIT_AUTH_ISSUER"]),
          ...(projectClaim === undefined ? [] : ["KLINGKIT_PROJECT_CLAIM needs KLINGKIT_AUTH_ISSUER"]),
          ...(organizationClaim === undefined ? [] : ["KLINGKIT_ORGANIZATION_CLAIM needs KLINGKIT_AUTH_ISSUER"])
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
            ...(jwksUri === undefined ? {} : { jwksUri }),
            ...(projectClaim === undefined ? {} : { projectClaim }),
            ...(organizationClaim === undefined ? {} : { organizationClaim })
          }
        })
  }
})

/** The OAuth resource: what clients ask tokens for. */
export const resourceOf = (publicOrigin: string): string => `${publicOrigin}/mcp`

const urlProblem = (name: string, value: string | undefined, isOrigin = false): ReadonlyArray<string> => {
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
