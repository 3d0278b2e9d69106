import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose"

/** `undefined` leaves a claim out. */
export type Claims = { readonly [Claim in keyof JWTPayload]: JWTPayload[Claim] | undefined }

/** An issuer of tokens that signs any claims, also those that no issuer should. */
export const makeIssuer = async (issuer = "https://issuer.example") => {
  const { privateKey, publicKey } = await generateKeyPair("ES256")
  const jwk = { ...(await exportJWK(publicKey)), kid: "one", alg: "ES256" }
  return {
    issuer,
    publicKey,
    jwks: { keys: [jwk] },
    /** A token of ten minutes for `https://kling.example/mcp`, but for what is given. */
    sign: (nowMillis: number, claims: Claims = {}) =>
      new SignJWT(
        Object.fromEntries(
          Object.entries({
            iss: issuer,
            aud: "https://kling.example/mcp",
            sub: "anna",
            scope: "openid kling:generate",
            client_id: "a-chat",
            iat: nowMillis / 1000,
            exp: nowMillis / 1000 + 600,
            ...claims
          })
        )
      )
        .setProtectedHeader({ alg: "ES256", kid: "one", typ: "at+jwt" })
        .sign(privateKey)
  }
}
