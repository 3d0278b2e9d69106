import { type AccountEntry, KlingAccounts } from "@klingkit/hosting"
import { DateTime, Effect } from "effect"
import { type Command, done, failed } from "./command.ts"

/** Lists, encrypts anew and removes the Kling accounts that callers have connected. No key is ever printed. */
export const accounts: Command = {
  flags: [],
  read: ([verb, principal, ...rest]) => {
    if (verb === "list" && principal === undefined) return withAccounts(list)
    if (verb === "reseal" && principal === undefined) return withAccounts(reseal)
    if (verb === "disconnect" && principal !== undefined && rest.length === 0)
      return withAccounts(disconnect(principal))
    return { refused: "accounts takes list, reseal, or disconnect CALLER" }
  }
}

const withAccounts = Effect.provide(KlingAccounts.layer)

const secrets: Readonly<Record<AccountEntry["secret"], string>> = {
  current: "current secret",
  former: "former secret: run accounts reseal",
  lost: "unreadable: its secret is missing"
}

const list = Effect.gen(function* () {
  const lines = (yield* KlingAccounts.use((known) => known.list)).map(
    ({ principal, connectedAt, secret }) =>
      `${JSON.stringify(principal).slice(1, -1)}\t${DateTime.formatIsoDateUtc(DateTime.makeUnsafe(connectedAt))}\t${secrets[secret]}\n`
  )
  return done(lines.join(""), lines.length === 0 ? "No caller has connected a Kling account.\n" : "")
})

const reseal = KlingAccounts.use((known) => known.reseal).pipe(
  Effect.map(({ resealed, unreadable }) =>
    unreadable.length === 0
      ? done("", `${resealed} encrypted with the current secret; KLINGKIT_FORMER_SECRETS is needed no more.\n`)
      : failed(
          `${resealed} encrypted with the current secret; unreadable: ${unreadable.map((name) => JSON.stringify(name)).join(", ")}. Add their secret to KLINGKIT_FORMER_SECRETS, or let them connect again`
        )
  ),
  Effect.catchTag("SecretMissing", ({ message }) => Effect.succeed(failed(message)))
)

const disconnect = Effect.fnUntraced(function* (principal: string) {
  return (yield* KlingAccounts.use((known) => known.disconnect(principal)))
    ? done("", `The Kling account of ${principal} is disconnected; its key is deleted here.\n`)
    : failed(`${principal} has connected no Kling account; accounts list shows all`)
})
