import type { LedgerError } from "@klingkit/jobs"
import { sha256Hex } from "@klingkit/jobs/internal"
import { Effect, Schema } from "effect"
import { AccessKeys } from "../access-keys.ts"
import type { Sealing } from "../accounts/sealing.ts"
import { randomToken } from "../random-token.ts"
import { makeSealedCookie } from "./sealed-cookie.ts"

const Session = Schema.Struct({
  principal: Schema.String,
  /** The hash of the access key that began it. */
  keyHash: Schema.optionalKey(Schema.String),
  /** In every form: proves that the page was read by who sends it. */
  token: Schema.String
})
export type Session = typeof Session.Type

export interface Sessions {
  /** The header that begins a session. `key`: of this server, that was found. */
  begin(principal: string, key?: string): Effect.Effect<string>
  /** The header that ends it. */
  readonly end: string
  /** Nothing once it has expired, or its access key is revoked. */
  find(cookies: string | undefined): Effect.Effect<Session | undefined, LedgerError>
}

/** Those who are signed in on the account page: nothing is kept but a sealed cookie, which any replica opens. */
export const makeSessions = (sealing: Sealing, isSecure: boolean): Effect.Effect<Sessions, never, AccessKeys> =>
  Effect.map(AccessKeys, (keys) => {
    const cookie = makeSealedCookie(sealing, {
      name: "klingkit-session",
      content: Session,
      lifetime: "30 minutes",
      isSecure
    })
    return {
      begin: Effect.fnUntraced(function* (principal, key) {
        const token = yield* randomToken
        return yield* cookie.set({
          principal,
          token,
          ...(key === undefined ? {} : { keyHash: yield* sha256Hex(key) })
        })
      }),
      end: cookie.clear,
      find: Effect.fnUntraced(function* (cookies) {
        const session = yield* cookie.read(cookies)
        if (session?.keyHash === undefined) return session
        const owner = yield* keys.findByHash(session.keyHash)
        return owner?.id === session.principal ? session : undefined
      })
    }
  })
