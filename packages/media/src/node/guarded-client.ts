import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, Redacted, type Scope } from "effect"
import { HttpClient, HttpClientError } from "effect/http"
import { lookup as dnsLookup } from "node:dns"
import type { LookupFunction } from "node:net"
import { DeniedAddress } from "../files/file-host.ts"
import { type FetchPolicy, denyAddress, denyUrl } from "../files/fetch-policy.ts"
import type { Proxies } from "./proxies.ts"

/** The overload of `lookup` in `node:dns` that returns all addresses of a name. */
export type Resolve = (
  name: string,
  options: { readonly all: true },
  callback: (error: Error | null, records: ReadonlyArray<{ readonly address: string; readonly family: number }>) => void
) => void

/**
 * An HTTP client that opens sockets only where `policy` allows. A name is resolved once per connection, all its
 * addresses are checked, and only those are connected to, so DNS rebinding has no effect. A proxy resolves names itself:
 * what is fetched through one is judged by its URL alone.
 */
export const guardedClient = Effect.fnUntraced(function* (
  policy: FetchPolicy,
  resolve: Resolve = dnsLookup,
  proxies?: Proxies
): Effect.fn.Return<HttpClient.HttpClient, never, Scope.Scope> {
  const agent = yield* NodeHttpClient.makeAgent({
    lookup: checkedLookup(policy, resolve),
    ...(proxies === undefined ? {} : { proxyEnv: Redacted.value(proxies.env) })
  })
  const client = yield* Effect.provideService(NodeHttpClient.makeNodeHttp, NodeHttpClient.HttpAgent, agent)
  // For a URL with an IP address, Node does not call `lookup`.
  return HttpClient.mapRequestEffect(client, (request) => {
    // A proxy is in the network of the operator: nothing is fetched from it, only through it.
    const isProxy = URL.canParse(request.url) && proxies?.hosts.includes(new URL(request.url).hostname) === true
    const reason = isProxy ? "PrivateNetwork" : denyUrl(request.url, policy)
    if (reason === undefined) return Effect.succeed(request)
    const cause = new DeniedAddress({ reason })
    return Effect.fail(
      new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
    )
  })
})

const checkedLookup =
  (policy: FetchPolicy, resolve: Resolve): LookupFunction =>
  (name, { all, ...options }, done) => {
    resolve(name, { ...options, all: true }, (error, records) => {
      const [first] = records ?? []
      if (error !== null || first === undefined) return done(error ?? new Error(`no address for ${name}`), [])
      // One private record is enough to deny: it could be used when the others do not respond.
      for (const { address } of records) {
        const reason = denyAddress(name, address, policy)
        if (reason !== undefined) return done(new DeniedAddress({ reason }), [])
      }
      if (all === true) done(null, [...records])
      else done(null, first.address, first.family)
    })
  }
