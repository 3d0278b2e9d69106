import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, type Scope } from "effect"
import { HttpClient, HttpClientError } from "effect/http"
import { lookup as lookUp } from "node:dns"
import type { LookupFunction } from "node:net"
import { RefusedAddress } from "../files/file-host.ts"
import { type Reach, refuseAddress, refuseUrl } from "../files/reach.ts"

/** The part of `node:dns` that tells all addresses of a name. */
export type Resolve = (
  name: string,
  options: { readonly all: true },
  told: (error: Error | null, found: ReadonlyArray<{ readonly address: string; readonly family: number }>) => void
) => void

/**
 * An HTTP client that opens sockets only to where `reach` allows. A name is resolved once for each connection, all its
 * addresses are checked, and only those are connected to: what a later answer of the resolver says plays no part.
 */
export const guardedClient = Effect.fnUntraced(function* (
  reach: Reach,
  resolve: Resolve = lookUp
): Effect.fn.Return<HttpClient.HttpClient, never, Scope.Scope> {
  const agent = yield* NodeHttpClient.makeAgent({ lookup: checked(reach, resolve) })
  const client = yield* Effect.provideService(NodeHttpClient.makeNodeHttp, NodeHttpClient.HttpAgent, agent)
  // Node looks no name up for a URL that has an address in the place of one.
  return HttpClient.mapRequestEffect(client, (request) => {
    const why = refuseUrl(request.url, reach)
    if (why === undefined) return Effect.succeed(request)
    const cause = new RefusedAddress(why)
    return Effect.fail(
      new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
    )
  })
})

const checked =
  (reach: Reach, resolve: Resolve): LookupFunction =>
  (name, { all, ...options }, done) => {
    resolve(name, { ...options, all: true }, (error, found) => {
      const [first] = found ?? []
      if (error !== null || first === undefined) return done(error ?? new Error(`no address for ${name}`), [])
      // One private record is enough: it may be the one that is tried when the others do not answer.
      for (const { address } of found) {
        const why = refuseAddress(name, address, reach)
        if (why !== undefined) return done(new RefusedAddress(why), [])
      }
      if (all === true) done(null, [...found])
      else done(null, first.address, first.family)
    })
  }
