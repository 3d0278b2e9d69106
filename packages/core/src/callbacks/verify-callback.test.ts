import { Effect, Redacted } from "effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { verifyCallback } from "./verify-callback.ts"

// The example of Kling's documentation, callbacks page.
const secret = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
const id = "9876543210"
const timestamp = "1781080794"
const signature = "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4="
const body =
  '{"id":"1234567890","status":"succeeded","message":"","create_time":1781080778802,"update_time":1781080794151}'
const sentAtMs = 1_781_080_794_000
const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature }

const otherSecret = "whsec_YW5vdGhlciBzZWNyZXQsIGxvbmcgZW5vdWdo"
const sign = async (key: string, text: string | Uint8Array<ArrayBuffer>) => {
  const hmac = { name: "HMAC", hash: "SHA-256" }
  const raw = Uint8Array.from(atob(key.slice(6)), (letter) => letter.charCodeAt(0))
  const imported = await crypto.subtle.importKey("raw", raw, hmac, false, ["sign"])
  const signed = await new Blob([`${id}.${timestamp}.`, text]).arrayBuffer()
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", imported, signed))
  return `v1,${btoa(String.fromCharCode(...bytes))}`
}
const otherSignature = await sign(otherSecret, body)

interface Changes {
  readonly secrets?: ReadonlyArray<string>
  readonly headers?: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly body?: string | Uint8Array
  readonly nowMs?: number
}

/** "verified", or the reason of the rejection. */
const outcome = (changes: Changes): Promise<string> =>
  Effect.runPromise(
    verifyCallback({
      secrets: (changes.secrets ?? [secret]).map((one) => Redacted.make(one)),
      headers: { ...headers, ...changes.headers },
      body: changes.body ?? body,
      nowMs: changes.nowMs ?? sentAtMs
    }).pipe(Effect.match({ onSuccess: () => "verified", onFailure: (error) => error.reason }))
  )

describe("a signed callback", () => {
  it("from Kling's documentation is accepted and yields its event id", async () => {
    const secrets = [Redacted.make(secret)]
    expect(await Effect.runPromise(verifyCallback({ secrets, headers, body, nowMs: sentAtMs }))).toEqual({
      id,
      sentAtMs
    })
  })

  it.each<[string, Changes]>([
    ["as bytes", { body: new TextEncoder().encode(body) }],
    [
      "under headers in capitals",
      {
        headers: {
          "webhook-id": undefined,
          "webhook-timestamp": undefined,
          "webhook-signature": undefined,
          "Webhook-Id": id,
          "WEBHOOK-TIMESTAMP": timestamp,
          "Webhook-Signature": signature
        }
      }
    ],
    ["5 minutes late", { nowMs: sentAtMs + 300_000 }],
    ["5 minutes early", { nowMs: sentAtMs - 300_000 }],
    [
      "with two signatures, one of them ours",
      {
        headers: { "webhook-signature": `${otherSignature} ${signature}` }
      }
    ],
    [
      "with the signature of a later version next to ours",
      { headers: { "webhook-signature": `v2,AAAA ${signature}` } }
    ],
    ["while a new secret replaces the old one", { secrets: [otherSecret, secret] }]
  ])("is accepted %s", async (_name, changes) => {
    expect(await outcome(changes)).toBe("verified")
  })

  it.each<[string, string, Changes]>([
    [
      "without any signature header",
      "unsigned",
      {
        headers: { "webhook-id": undefined, "webhook-timestamp": undefined, "webhook-signature": undefined }
      }
    ],
    ["without its id", "malformed", { headers: { "webhook-id": undefined } }],
    ["without its time", "malformed", { headers: { "webhook-timestamp": undefined } }],
    ["without its signature", "malformed", { headers: { "webhook-signature": undefined } }],
    ["with an empty signature", "malformed", { headers: { "webhook-signature": "" } }],
    ["in version 0", "malformed", { headers: { "webhook-signature": signature.replace("v1,", "v0,") } }],
    ["without a version", "malformed", { headers: { "webhook-signature": signature.slice(3) } }],
    ["with a truncated signature", "malformed", { headers: { "webhook-signature": signature.slice(0, -4) } }],
    [
      "with the same bytes in another base64",
      "malformed",
      { headers: { "webhook-signature": signature.replace("4=", "5=") } }
    ],
    ["with two signature headers", "malformed", { headers: { "webhook-signature": [signature, signature] } }],
    ["with a timestamp that is not an integer", "malformed", { headers: { "webhook-timestamp": "1781080794.0" } }],
    ["5 minutes and a bit late", "out-of-time", { nowMs: sentAtMs + 300_001 }],
    ["5 minutes and a bit early", "out-of-time", { nowMs: sentAtMs - 300_001 }],
    ["signed for another time", "forged", { headers: { "webhook-timestamp": "1781080795" } }],
    ["signed for another event", "forged", { headers: { "webhook-id": "9876543211" } }],
    ["signed with another secret", "forged", { secrets: [otherSecret] }],
    ["re-serialized", "forged", { body: JSON.stringify(JSON.parse(body), undefined, 1) }],
    [
      "with the right signature after too many others",
      "forged",
      {
        headers: { "webhook-signature": `${`${otherSignature} `.repeat(8)}${signature}` }
      }
    ],
    ["when no secret is configured", "no-secret", { secrets: [] }],
    ["when the secret is not base64", "unusable-secret", { secrets: ["whsec_*"] }],
    ["when the secret is empty", "unusable-secret", { secrets: ["whsec_"] }]
  ])("is rejected %s: %s", async (_name, reason, changes) => {
    expect(await outcome(changes)).toBe(reason)
  })

  it("is rejected when any bit of the body is flipped", async () => {
    const bytes = new TextEncoder().encode(body)
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const flipped = bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
        expect(await outcome({ body: flipped })).toBe("forged")
      })
    )
  })

  it("is rejected when any character of the signature is changed", async () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 3, max: signature.length - 1 }), fc.nat(64), async (at, letter) => {
        const other = alphabet[letter] ?? ""
        fc.pre(signature[at] !== other)
        const changed = signature.slice(0, at) + other + signature.slice(at + 1)
        expect(["forged", "malformed"]).toContain(await outcome({ headers: { "webhook-signature": changed } }))
      })
    )
  })

  it("is accepted for any signed bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (random) => {
        const bytes = new Uint8Array(random)
        expect(await outcome({ body: bytes, headers: { "webhook-signature": await sign(secret, bytes) } })).toBe(
          "verified"
        )
      })
    )
  })

  it("is rejected without revealing the secret", async () => {
    const secrets = [Redacted.make("whsec_*hidden*")]
    const error = await Effect.runPromise(Effect.flip(verifyCallback({ secrets, headers, body, nowMs: sentAtMs })))
    expect(`${error.message} ${error.suggestion} ${JSON.stringify(error)}`).not.toContain("hidden")
    expect(error.code).toBe("CALLBACK_UNUSABLE_SECRET")
  })
})
