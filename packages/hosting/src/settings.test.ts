import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { hostingSettings } from "./settings.ts"

const read = (env: Readonly<Record<string, string>>) =>
  hostingSettings.pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))
const problemsOf = (env: Readonly<Record<string, string>>) =>
  Effect.map(Effect.flip(read(env)), ({ problems }) => problems)

const issuer = { KLINGKIT_AUTH_ISSUER: "https://id.example", KLINGKIT_PUBLIC_URL: "https://kling.example/" }

describe("the settings of a hosted server", () => {
  it.effect("let everyone in only when none says otherwise", () =>
    Effect.gen(function* () {
      expect(yield* read({})).toEqual({ acceptsKeys: false })
      expect(yield* read({ KLINGKIT_AUTH_KEYS: "ON" })).toEqual({ acceptsKeys: true })
      expect(yield* read({ KLINGKIT_AUTH_KEYS: "true" })).toEqual({ acceptsKeys: true })
      expect(yield* read({ KLINGKIT_AUTH_KEYS: "off", KLINGKIT_AUTH_ISSUER: " " })).toEqual({ acceptsKeys: false })
    })
  )

  it.effect("take tokens for the server's own address, unless another audience is named", () =>
    Effect.gen(function* () {
      const oauth = { issuer: "https://id.example", audience: "https://kling.example/mcp" }
      expect(yield* read(issuer)).toEqual({ acceptsKeys: false, publicOrigin: "https://kling.example", oauth })
      expect(yield* read({ ...issuer, KLINGKIT_AUTH_AUDIENCE: "kling" })).toMatchObject({
        oauth: { audience: "kling" }
      })
    })
  )

  it.effect("name the claims that say for whom a token pays", () =>
    Effect.gen(function* () {
      const claims = { KLINGKIT_PROJECT_CLAIM: "cost_center", KLINGKIT_ORGANIZATION_CLAIM: "org" }
      expect(yield* read({ ...issuer, ...claims })).toMatchObject({
        oauth: { projectClaim: "cost_center", organizationClaim: "org" }
      })
      expect(yield* problemsOf(claims)).toEqual([
        "KLINGKIT_PROJECT_CLAIM needs KLINGKIT_AUTH_ISSUER",
        "KLINGKIT_ORGANIZATION_CLAIM needs KLINGKIT_AUTH_ISSUER"
      ])
    })
  )

  it.effect("tell all that is wrong with them, a line each", () =>
    Effect.gen(function* () {
      expect(
        yield* problemsOf({
          KLINGKIT_AUTH_KEYS: "maybe",
          KLINGKIT_AUTH_ISSUER: "http://id.example",
          KLINGKIT_AUTH_JWKS_URI: "keys",
          KLINGKIT_PUBLIC_URL: "https://kling.example/mcp"
        })
      ).toEqual([
        "KLINGKIT_AUTH_ISSUER must be an https URL (http on this machine only)",
        "KLINGKIT_AUTH_JWKS_URI must be an https URL (http on this machine only)",
        "KLINGKIT_PUBLIC_URL must have no path: https://kling.example",
        'KLINGKIT_AUTH_KEYS must be on or off, not "maybe"'
      ])
      expect(yield* problemsOf({ KLINGKIT_AUTH_AUDIENCE: "kling" })).toEqual([
        "KLINGKIT_AUTH_AUDIENCE needs KLINGKIT_AUTH_ISSUER"
      ])
      expect(yield* problemsOf({ KLINGKIT_AUTH_ISSUER: "https://id.example" })).toHaveLength(1)
      expect(yield* problemsOf({ KLINGKIT_PUBLIC_URL: "https://a:b@kling.example" })).toEqual([
        "KLINGKIT_PUBLIC_URL must have no user name, query or fragment"
      ])
    })
  )
})
