import { AwsV4Signer } from "aws4fetch"
import { Clock, DateTime, Duration, Effect, Redacted } from "effect"
import type { MediaStoreSettings } from "./settings.ts"

/** For how long a link can be used. */
export const linkLifetime = Duration.hours(24)

interface Signed {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** Signs requests (AWS Signature Version 4) with the keys of the bucket, in their headers or, as links, in their URLs. */
export const makeSigner = ({ url, origin, region, ...keys }: MediaStoreSettings) => {
  const cache = new Map<string, ArrayBuffer>()
  const sign = Effect.fnUntraced(function* (request: {
    readonly method: string
    readonly url: URL
    readonly headers?: Readonly<Record<string, string>>
    readonly signQuery?: boolean
  }) {
    const now = DateTime.makeUnsafe(yield* Clock.currentTimeMillis)
    const signer = new AwsV4Signer({
      ...request,
      url: request.url.href,
      headers: { ...request.headers },
      service: "s3",
      ...(region === undefined ? {} : { region }),
      accessKeyId: Redacted.value(keys.accessKeyId),
      secretAccessKey: Redacted.value(keys.secretAccessKey),
      ...(keys.sessionToken === undefined ? {} : { sessionToken: Redacted.value(keys.sessionToken) }),
      datetime: DateTime.formatIso(now).replaceAll(/[:-]|\.\d{3}/g, ""),
      allHeaders: true,
      cache
    })
    const signed = yield* Effect.promise(() => signer.sign())
    // A space is `+` in forms only; what is signed has `%20`.
    signed.url.search = signed.url.search.replaceAll("+", "%20")
    return { url: signed.url.href, headers: Object.fromEntries(signed.headers) } satisfies Signed
  })
  const objectUrl = (key: string) => new URL(`${url}/${key}`)

  return {
    /** A request of the server itself. */
    request: (method: "HEAD" | "PUT", key: string, headers: Readonly<Record<string, string>> = {}) =>
      sign({ method, url: objectUrl(key), headers }),
    /** A link at the origin of the callers, which ends after `linkLifetime`. */
    link: (key: string, query: Readonly<Record<string, string>>) => {
      const { pathname } = objectUrl(key)
      const link = new URL(pathname, origin)
      for (const [name, value] of Object.entries(query)) link.searchParams.set(name, value)
      link.searchParams.set("X-Amz-Expires", String(Duration.toSeconds(linkLifetime)))
      return Effect.map(sign({ method: "GET", url: link, signQuery: true }), (signed) => signed.url)
    }
  }
}
export type Signer = ReturnType<typeof makeSigner>
