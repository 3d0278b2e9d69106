import { Clock, Duration, Effect, Option, Redacted, Schema } from "effect"
import type { Sealing } from "../accounts/sealing.ts"
import { accountPath } from "../settings.ts"

/** What a browser keeps for the server, and can neither read nor change. */
export interface SealedCookie<Content> {
  /** The header that sets it. */
  set(content: Content): Effect.Effect<string>
  /** The header that deletes it. */
  readonly clear: string
  /** Nothing if there is none, it has expired, or it is not of this server. */
  read(cookies: string | undefined): Effect.Effect<Content | undefined>
}

interface CookieOptions<Content> {
  readonly name: string
  readonly content: Schema.Codec<Content, Schema.Json>
  readonly lifetime: Duration.Input
  /** Browsers send it over https only, and take it from this host only. */
  readonly isSecure: boolean
}

export const makeSealedCookie = <Content>(
  sealing: Sealing,
  { name: bareName, content, lifetime, isSecure }: CookieOptions<Content>
): SealedCookie<Content> => {
  // A cookie with this prefix cannot be set by another host of the same domain; it needs the path `/`.
  const name = isSecure ? `__Host-${bareName}` : bareName
  const attributes = `Path=${isSecure ? "/" : accountPath}; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`
  const Kept = Schema.fromJsonString(Schema.Struct({ content, until: Schema.Int }))
  const encode = Schema.encodeSync(Kept)
  const decode = Schema.decodeUnknownOption(Kept)
  const valueOf = (cookies: string): string | undefined => {
    const values = cookies
      .split(";")
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${name}=`))
    // With several, one was set by another host.
    return values.length === 1 ? values[0]?.slice(name.length + 1) : undefined
  }
  return {
    set: Effect.fnUntraced(function* (kept) {
      const until = (yield* Clock.currentTimeMillis) + Duration.toMillis(lifetime)
      const { keyId, sealed } = yield* sealing.seal(Redacted.make(encode({ content: kept, until })), name)
      return `${name}=${keyId}.${sealed}; ${attributes}; Max-Age=${Duration.toSeconds(lifetime)}`
    }),
    clear: `${name}=; ${attributes}; Max-Age=0`,
    read: Effect.fnUntraced(function* (cookies = "") {
      const [, keyId, sealed] = /^(\w+)\.([\w-]+)$/.exec(valueOf(cookies) ?? "") ?? []
      if (keyId === undefined || sealed === undefined) return undefined
      const text = yield* sealing.open({ keyId, sealed }, name)
      const kept = text === undefined ? Option.none() : decode(Redacted.value(text))
      if (Option.isNone(kept) || kept.value.until <= (yield* Clock.currentTimeMillis)) return undefined
      return kept.value.content
    })
  }
}
