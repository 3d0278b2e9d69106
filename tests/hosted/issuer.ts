import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Provider } from "oidc-provider"

/** What tokens for a resource look like: JWTs (RFC 9068) for exactly that resource. */
const resourceServer = (resource: string, lifetimeSeconds: number) => ({
  scope: "kling:read kling:generate kling:admin",
  audience: resource,
  accessTokenFormat: "jwt" as const,
  accessTokenTTL: lifetimeSeconds,
  jwt: { sign: { alg: "ES256" as const } }
})

const textOf = (value: unknown): string => (typeof value === "string" ? value : "")

/**
 * A real authorization server: discovery, dynamic registration, PKCE, resource indicators. Its sign-in page asks nothing: who
 * signs in is in the URL (`login_hint`). All that is asked for is allowed, to `reader` only `kling:read`.
 */
export const startIssuer = async ({ lifetimeSeconds = 600 } = {}) => {
  const server = createServer()
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const keyPair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"])
  const { crv, x, y, d } = await crypto.subtle.exportKey("jwk", keyPair.privateKey)
  const provider = new Provider(issuer, {
    jwks: { keys: [{ kty: "EC", crv, x, y, d, alg: "ES256", use: "sig" }] },
    cookies: { keys: ["a key of a test"] },
    scopes: ["openid", "offline_access", "kling:read", "kling:generate", "kling:admin"],
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_, { uid }) => `/sign-in/${uid}` },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => resourceServer(resource, lifetimeSeconds),
        useGrantedResource: () => true
      }
    }
  })
  const signIn = async (
    request: Parameters<typeof provider.interactionDetails>[0],
    response: Parameters<typeof provider.interactionDetails>[1]
  ) => {
    const { params, prompt, grantId, session } = await provider.interactionDetails(request, response)
    if (prompt.name === "login") {
      const login = { accountId: textOf(params["login_hint"]) }
      return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false })
    }
    const grant =
      (grantId === undefined ? undefined : await provider.Grant.find(grantId)) ??
      new provider.Grant({ accountId: session?.accountId, clientId: textOf(params["client_id"]) })
    const scope = textOf(params["scope"])
    grant.addOIDCScope(scope)
    grant.addResourceScope(textOf(params["resource"]), scope)
    if (session?.accountId === "reader") {
      grant.rejectResourceScope(textOf(params["resource"]), "kling:generate kling:admin")
    }
    const consent = { grantId: await grant.save() }
    return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true })
  }
  const handle = provider.callback()
  server.on("request", (request, response) => {
    if (request.url?.startsWith("/sign-in/") === true) void signIn(request, response)
    else void handle(request, response)
  })
  return { issuer, close: () => server.close() }
}
