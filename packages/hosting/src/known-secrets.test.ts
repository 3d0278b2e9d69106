import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { createHash } from "node:crypto"
import { configuredSecrets, makeKnownSecrets } from "./known-secrets.ts"

/** Without a piece in common. */
const secret = (index: number) => createHash("sha256").update(String(index)).digest("hex")

describe("the secrets that a process knows", () => {
  it.effect("are those of its settings, with the passwords in its URLs", () =>
    Effect.gen(function* () {
      const env = {
        KLINGAI_API_KEY: "api-key-kling-0123456789abcdef",
        KLINGKIT_CALLBACK_SECRETS: "whsec_firstfirst, whsec_secondsecond",
        KLINGKIT_DATABASE_URL: "postgres://klingkit:pass%2Fword%40db@db.example/klingkit",
        HTTPS_PROXY: "not a URL"
      }
      const found = yield* configuredSecrets.pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))
      const { redact } = makeKnownSecrets(found)
      expect(redact("connect to postgres://klingkit:pass%2Fword%40db@db.example failed for pass/word@db")).toBe(
        "connect to postgres://klingkit:[secret]@db.example failed for [secret]"
      )
      expect(redact("whsec_firstfirst whsec_secondsecond")).toBe("[secret] [secret]")
      expect(redact("key 0123456789abcdef")).toBe("key [secret]")
    })
  )

  it("of a request are known until it ends, and a while longer, however many come with the same one", () => {
    const { hold, redact } = makeKnownSecrets([])
    const [first, second] = [hold([secret(0)]), hold([secret(0)])]
    first()
    for (let index = 1; index < 100; index++) hold([secret(index)])()
    expect(redact(secret(0))).toBe("[secret]")
    second()
    expect(redact(secret(0))).toBe("[secret]")
    for (let index = 1; index < 100; index++) hold([secret(index)])()
    expect(redact(secret(0))).toBe(secret(0))
  })
})
