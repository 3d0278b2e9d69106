import { isLocalUrl, onOffSetting } from "@klingkit/core/internal"
import { Config, Data, Effect, Option, Redacted, Result } from "effect"
import type { TokenSettings } from "./token-verifier.ts"

/** Who is let in, and by which name the server is known. */
export interface HostingSettings {
  /** The origin that clients see: `https://kling.example.com`. */
  readonly publicOrigin?: string
  /** Access tokens of this issuer, for this audience, are accepted. */
  readonly oauth?: TokenSettings & {
    readonly jwksUri?: string
    /** What the account page is at the issuer. */
    readonly client?: { readonly id: string; readonly secret?: Redacted.Redacted }
  }
  /** Access keys that this server has given are accepted. */
  readonly acceptsKeys: boolean
  /** There is a secret to encrypt with. */
  readonly hasSecret?: true
  /** Callers pay from Kling accounts of their own only. */
  readonly ownAccountsOnly?: true
}

/** Callers have to say who they are. */
export const isAuthenticated = ({ oauth, acceptsKeys }: HostingSettings): boolean => oauth !== undefined || acceptsKeys

/** Settings by which the server cannot run: one line each. */
export class HostingSettingsInvalid extends Data.TaggedError("HostingSettingsInvalid")<{
  readonly problems: ReadonlyArray<string>
}> {}

/** A variable of the environment; absent when blank. */
export const text = (name: string): Effect.Effect<string | undefined> =>
  Config.option(Config.String(name)).pipe(
    Effect.orDie,
    Effect.map((value) => Option.getOrElse(value, () => "").trim()),
    Effect.map((value) => (value === "" ? undefined : value))
  )

/** The same of a secret. */
export const secretText = (name: string): Effect.Effect<Redacted.Redacted | undefined> =>
  Config.option(Config.Redacted(name)).pipe(
    Effect.orDie,
    Effect.map(Option.filter((value) => Redacted.value(value).trim() !== "")),
    Effect.map(Option.getOrUndefined)
  )

/**
 * From `KLINGKIT_AUTH_ISSUER`, `_AUDIENCE`, `_JWKS_URI`, `_CLIENT_ID`, `_CLIENT_SECRET`, `_KEYS`, `KLINGKIT_PUBLIC_URL`,
 * `KLINGKIT_PROJECT_CLAIM`, `KLINGKIT_ORGANIZATION_CLAIM` and `KLINGKIT_OWN_ACCOUNTS`; fails with every problem at once.
 */
export const hostingSettings: Effect.Effect<HostingSettings, HostingSettingsInvalid> = Effect.gen(function* () {
  const issuer = yield* text("KLINGKIT_AUTH_ISSUER")
  const jwksUri = yield* text("KLINGKIT_AUTH_JWKS_URI")
  const audience = yield* text("KLINGKIT_AUTH_AUDIENCE")
  const keys = yield* Effect.result(onOffSetting("KLINGKIT_AUTH_KEYS"))
  const publicUrl = yield* text("KLINGKIT_PUBLIC_URL")
  const clientId = yield* text("KLINGKIT_AUTH_CLIENT_ID")
  const clientSecret = yield* secretText("KLINGKIT_AUTH_CLIENT_SECRET")
  const hasSecret = (yield* secretText("KLINGKIT_SECRET")) !== undefined
  const ownAccounts = (yield* text("KLINGKIT_OWN_ACCOUNTS")) ?? "allowed"
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
          ...(clientId === undefined ? [] : ["KLINGKIT_AUTH_CLIENT_ID needs KLINGKIT_AUTH_ISSUER"]),
          ...(projectClaim === undefined ? [] : ["KLINGKIT_PROJECT_CLAIM needs KLINGKIT_AUTH_ISSUER"]),
          ...(organizationClaim === undefined ? [] : ["KLINGKIT_ORGANIZATION_CLAIM needs KLINGKIT_AUTH_ISSUER"])
        ]
      : publicUrl === undefined
        ? [
            "KLINGKIT_AUTH_ISSUER needs KLINGKIT_PUBLIC_URL: clients must be able to tell for which server they ask a token"
          ]
        : []),
    ...(clientSecret === undefined || clientId !== undefined
      ? []
      : ["KLINGKIT_AUTH_CLIENT_SECRET needs KLINGKIT_AUTH_CLIENT_ID"]),
    ...(ownAccounts === "allowed" || ownAccounts === "required"
      ? []
      : [`KLINGKIT_OWN_ACCOUNTS must be allowed or required, not ${JSON.stringify(ownAccounts)}`])
  ]
  if (problems.length > 0) return yield* new HostingSettingsInvalid({ problems })
  const publicOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin
  const settings: HostingSettings = {
    acceptsKeys: Result.isSuccess(keys) && Option.getOrElse(keys.success, () => false),
    ...(hasSecret ? { hasSecret } : {}),
    ...(publicOrigin === undefined ? {} : { publicOrigin }),
    ...(issuer === undefined || publicOrigin === undefined
      ? {}
      : {
          oauth: {
            issuer,
            audience: audience ?? resourceOf(publicOrigin),
            ...(jwksUri === undefined ? {} : { jwksUri }),
            ...(clientId === undefined
              ? {}
              : { client: { id: clientId, ...(clientSecret === undefined ? {} : { secret: clientSecret }) } }),
            ...(projectClaim === undefined ? {} : { projectClaim }),
            ...(organizationClaim === undefined ? {} : { organizationClaim })
          }
        })
  }
  if (ownAccounts === "allowed") return settings
  const missing = [
    ...missingForPage(settings),
    ...(settings.oauth === undefined || clientId !== undefined
      ? []
      : ["KLINGKIT_AUTH_CLIENT_ID, with which callers of the issuer sign in on the page"])
  ]
  if (missing.length === 0) return { ...settings, ownAccountsOnly: true }
  return yield* new HostingSettingsInvalid({
    problems: missing.map((setting) => `KLINGKIT_OWN_ACCOUNTS=required needs ${setting}`)
  })
})

/** What keeps callers from connecting Kling accounts of their own on the account page: settings, each with what it is for. */
export const missingForPage = (settings: HostingSettings): ReadonlyArray<string> => [
  ...(settings.acceptsKeys || settings.oauth?.client !== undefined
    ? []
    : ["KLINGKIT_AUTH_KEYS=on or KLINGKIT_AUTH_CLIENT_ID, with which callers sign in"]),
  ...(settings.publicOrigin === undefined ? ["KLINGKIT_PUBLIC_URL, the address of the page"] : []),
  ...(settings.hasSecret === true ? [] : ["KLINGKIT_SECRET, with which the accounts are encrypted"])
]

/** Where callers connect Kling accounts of their own; nothing if they cannot. */
export const accountPageUrl = (settings: HostingSettings): string | undefined =>
  missingForPage(settings).length === 0 ? `${settings.publicOrigin}${accountPath}` : undefined

export const accountPath = "/account"

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

/** Settings without which a server takes no files of callers; each with what it is for. */
export const missingForUploads = ({ publicOrigin }: HostingSettings, hasStore: boolean): ReadonlyArray<string> => [
  ...(hasStore ? [] : ["KLINGKIT_MEDIA_BUCKET, where the files are kept"]),
  ...(publicOrigin === undefined ? ["KLINGKIT_PUBLIC_URL, where the links lead"] : [])
]
