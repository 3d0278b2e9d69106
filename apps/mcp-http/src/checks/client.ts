import { fetchHttpClient } from "@klingkit/core"
import { sanitizeText } from "@klingkit/core/internal"
import { AccessKeys, type HostingSettings, isAuthenticated, metadataUrl, resourceOf } from "@klingkit/hosting"
import type { LedgerSource } from "@klingkit/jobs"
import { Effect, Option, Redacted, Schema } from "effect"
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { randomUUID } from "node:crypto"
import { type Finding, notTried, ok, wrong } from "./finding.ts"

const about = "client"
const version = "2026-07-28"
const Metadata = Schema.Struct({ resource: Schema.String, authorization_servers: Schema.Array(Schema.String) })
const Answer = Schema.Struct({ result: Schema.Struct({ supportedVersions: Schema.Array(Schema.String) }) })

/** Connects to the public address as a client does: without a credential, then by what the refusal says, then with one. */
export const checkClient = (settings: HostingSettings): Effect.Effect<Finding, never, LedgerSource> =>
  settings.publicOrigin === undefined
    ? Effect.succeed(notTried(about, "KLINGKIT_PUBLIC_URL is not set, so there is no address that clients use"))
    : connect(settings, settings.publicOrigin).pipe(
        Effect.catch((text) => Effect.succeed(wrong(about, text))),
        Effect.provide(AccessKeys.layer),
        Effect.provide(fetchHttpClient)
      )

const connect = Effect.fnUntraced(function* (settings: HostingSettings, publicOrigin: string) {
  const url = resourceOf(publicOrigin)
  const first = yield* discover(url)
  if (!isAuthenticated(settings)) {
    yield* expectServer(url, first)
    return ok(about, `${url} answers server/discover; callers need not sign in`)
  }
  if (first.status !== 401) {
    return yield* Effect.fail(
      first.status === 200
        ? `${url} lets everyone in: another server answers there, or it runs with other settings`
        : unexpected(url, first)
    )
  }
  yield* checkChallenge(settings, url, first.headers["www-authenticate"] ?? "")
  if (!settings.acceptsKeys) {
    return ok(
      about,
      `${url} refuses who has no token and says where to sign in; signing in was not tried, it needs a user`
    )
  }
  yield* Effect.scoped(
    Effect.flatMap(keyForThisCheck, (key) => Effect.flatMap(discover(url, key), (answer) => expectServer(url, answer)))
  )
  return ok(about, `${url} refuses who has no credential, and answers server/discover with an access key`)
})

/** One that is revoked when the scope closes. */
const keyForThisCheck = Effect.gen(function* () {
  const keys = yield* AccessKeys
  const name = `check-${randomUUID()}`
  const key = yield* Effect.acquireRelease(keys.issue(name, ["kling:read"]), () => Effect.ignore(keys.revoke(name)))
  return key ?? Redacted.make("")
}).pipe(Effect.mapError((error) => `an access key for this check cannot be stored: ${error.message}`))

const discover = (url: string, key?: Redacted.Redacted) =>
  send(
    url,
    HttpClientRequest.post(url, {
      headers: {
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": version,
        "mcp-method": "server/discover",
        ...(key === undefined ? {} : { authorization: `Bearer ${Redacted.value(key)}` })
      }
    }).pipe(
      HttpClientRequest.bodyText(
        JSON.stringify({
          jsonrpc: "2.0",
          id: 1,
          method: "server/discover",
          params: {
            _meta: {
              "io.modelcontextprotocol/protocolVersion": version,
              "io.modelcontextprotocol/clientInfo": { name: "klingkit-mcp-http check", version: "1" },
              "io.modelcontextprotocol/clientCapabilities": {}
            }
          }
        }),
        "application/json"
      )
    )
  )

interface Read extends Pick<HttpClientResponse.HttpClientResponse, "status" | "headers"> {
  readonly text: string
}

const send = (
  url: string,
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<Read, string, HttpClient.HttpClient> =>
  HttpClient.execute(request).pipe(
    Effect.flatMap((response) =>
      Effect.map(response.text, (text) => ({ status: response.status, headers: response.headers, text }))
    ),
    Effect.timeout("10 seconds"),
    Effect.mapError(
      (error) =>
        `${url} does not answer (${sanitizeText(causeOf(error), 120)}): start the server, and check the proxy, DNS and TLS in front of it`
    )
  )

/** What `fetch` hides behind "fetch failed". */
const causeOf = (error: unknown): string => {
  const inner = error instanceof Error ? error.cause : undefined
  return inner instanceof Error ? causeOf(inner) : error instanceof Error ? error.message || error.name : String(error)
}

const unexpected = (url: string, { status, text }: Read): string => {
  const said = sanitizeText(text, 120)
  if (status === 403) {
    return `${url} answers 403 (${said}): let the proxy pass the Host header on, or add its name to KLINGKIT_ALLOWED_HOSTS`
  }
  if (status >= 300 && status < 400)
    return `${url} redirects, which clients do not follow: set KLINGKIT_PUBLIC_URL to where it leads`
  return `${url} answers HTTP ${status} (${said}): check that the proxy sends /mcp to klingkit-mcp-http`
}

const expectServer = (url: string, answer: Read): Effect.Effect<void, string> => {
  const json = answer.text.startsWith("{") ? answer.text : (/^data: (\{.*)$/m.exec(answer.text)?.[1] ?? "")
  const read = Schema.decodeUnknownOption(Schema.fromJsonString(Answer))(json)
  return answer.status === 200 && Option.isSome(read) ? Effect.void : Effect.fail(unexpected(url, answer))
}

/** With an issuer, the refusal has to lead to the metadata, and these back to this server and to the issuer. */
const checkChallenge = Effect.fnUntraced(function* (settings: HostingSettings, url: string, challenge: string) {
  const { oauth } = settings
  const expected = metadataUrl(settings)
  if (oauth === undefined || expected === undefined) return
  const named = /resource_metadata="([^"]*)"/.exec(challenge)?.[1]
  if (named !== expected) {
    return yield* Effect.fail(
      `${url} sends clients to ${named === undefined ? "no metadata" : sanitizeText(named, 120)} instead of ${expected}: start the server with the same KLINGKIT_PUBLIC_URL, and let the proxy pass WWW-Authenticate on`
    )
  }
  const answer = yield* send(expected, HttpClientRequest.get(expected))
  const metadata = Option.getOrUndefined(Schema.decodeUnknownOption(Schema.fromJsonString(Metadata))(answer.text))
  if (answer.status !== 200 || metadata === undefined) {
    return yield* Effect.fail(
      `${expected} cannot be read (HTTP ${answer.status}): let the proxy send /.well-known/ to the server too`
    )
  }
  if (metadata.resource !== url || !metadata.authorization_servers.includes(oauth.issuer)) {
    return yield* Effect.fail(
      `${expected} names another server or another issuer: start the server with the same KLINGKIT_PUBLIC_URL and KLINGKIT_AUTH_ISSUER`
    )
  }
})
