import { Effect, Layer, Predicate, Result } from "effect"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { Base64Url } from "effect/encoding"
import { type Refusal, refusal } from "../answers/envelope.ts"
import { isKeyOfOtherRegion, isRealKey } from "../world/keys.ts"
import type { WorldState } from "../world/world-state.ts"

const keyPairRejected =
  "Authentication error. The current API does not support AK/SK; please go to the console (https://kling.ai/dev/api-key) to create API key."

/**
 * Checks the Authorization header as Kling does (Kling docs, authentication): an API key works everywhere, a signed
 * token of the key pair only where `acceptsKeyPair`. Returns nothing when authorized.
 */
export const checkAuthorization = Effect.fnUntraced(function* (
  world: WorldState,
  header: string | undefined,
  acceptsKeyPair: boolean,
  now: number
): Effect.fn.Return<Refusal | undefined> {
  if (header === undefined || header.trim() === "") return refusal(1001, "Authorization is empty")
  const token = /^Bearer\s+(\S+)\s*$/i.exec(header)?.[1]
  if (token === undefined) return refusal(1000, "Authorization failed: expected 'Bearer <token>'")
  if (world.apiKeys.has(token)) return undefined
  if (isRealKey(token)) {
    return refusal(
      1002,
      "This is the klingkit emulator, not Kling, and this looks like a real key: keep it secret. Nothing was stored. Use the apiKey that the emulator printed when it started."
    )
  }
  if (isKeyOfOtherRegion(token, world.region))
    return refusal(1002, "Authentication error. The api key is not valid in this region")
  if (!acceptsKeyPair) return refusal(1002, keyPairRejected)
  return yield* checkToken(world, token, now)
})

const checkToken = Effect.fnUntraced(function* (world: WorldState, token: string, now: number) {
  const [head, claims, signature, ...more] = token.split(".")
  if (head === undefined || claims === undefined || signature === undefined || more.length > 0) {
    return refusal(1002, "Authentication error. The token should have three parts")
  }
  const header = readPart(head)
  const body = readPart(claims)
  if (header?.["alg"] !== "HS256" || body === undefined)
    return refusal(1000, "Authentication error. The token cannot be read")
  if (body["iss"] !== world.keys.accessKey) return refusal(1002, "Authentication error. Access key not found")
  if (!(yield* isSignedBy(world.keys.secretKey, `${head}.${claims}`, signature))) {
    return refusal(1000, "Authentication error. The signature does not match")
  }
  const { exp, nbf } = body
  if (!Predicate.isNumber(exp) || exp * 1000 <= now) return refusal(1004, "Authentication error. The token has expired")
  if (Predicate.isNumber(nbf) && nbf * 1000 > now)
    return refusal(1003, "Authentication error. The token is not valid yet")
  return undefined
})

const readPart = (part: string): Readonly<Record<string, unknown>> | undefined => {
  const text = Base64Url.decodeString(part)
  if (Result.isFailure(text)) return undefined
  try {
    const value: unknown = JSON.parse(text.success)
    return Predicate.isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isSignedBy = Effect.fnUntraced(
  function* (secret: string, text: string, signature: string) {
    const bytes = Base64Url.decode(signature)
    if (Result.isFailure(bytes)) return false
    const encoder = new TextEncoder()
    const key = yield* Mac.key(Mac.hmacSha256, encoder.encode(secret))
    return yield* Mac.Mac.use((mac) => mac.verify(key, bytes.success, encoder.encode(text)))
  },
  Effect.orDie,
  Effect.provide(Layer.provide(Mac.layerWebCrypto, SecureRandom.layerWebCrypto))
)
