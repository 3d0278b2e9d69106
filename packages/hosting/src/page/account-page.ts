import type { LedgerSource } from "@klingkit/jobs"
import { Context, Effect, Layer } from "effect"
import { AccessKeys } from "../access-keys.ts"
import type { KlingAccounts } from "../accounts/kling-accounts.ts"
import { makeSealing } from "../accounts/sealing.ts"
import { CallLimits } from "../call-limits.ts"
import type { Gate } from "../gate.ts"
import { accountPath, type HostingSettings, missingForPage } from "../settings.ts"
import { bad, makeAccountForms } from "./account-forms.ts"
import { answerPage, answerStylesheet, type PageAnswer, type PageRequest, toPage } from "./page-answer.ts"
import { makeSessions } from "./sessions.ts"
import { makeSignIn } from "./sign-in.ts"
import { stylesheet } from "./stylesheet.ts"
import { messageView, type Notice } from "./views.ts"

/** The page on which callers connect Kling accounts of their own. */
export class AccountPage extends Context.Service<
  AccountPage,
  { answer(request: PageRequest): Effect.Effect<PageAnswer> }
>()("@klingkit/hosting/AccountPage") {
  static readonly layer = (
    settings: HostingSettings
  ): Layer.Layer<AccountPage, never, CallLimits | Gate | KlingAccounts | LedgerSource> =>
    Layer.effect(AccountPage, make(settings)).pipe(Layer.provide(AccessKeys.layer))
}

const make = Effect.fnUntraced(function* (settings: HostingSettings) {
  const { publicOrigin = "" } = settings
  const sealing = yield* makeSealing("account page")
  const missing = missingForPage(settings)
  if (sealing === undefined || missing.length > 0) {
    const text = `This server stores no Kling accounts. Its operator has to set ${missing.join("; ")}.`
    return AccountPage.of({
      // Other pages have the same style.
      answer: ({ path }) =>
        Effect.succeed(path === stylesheetPath ? styles : answerPage(404, messageView("Not available", text)))
    })
  }
  const sessions = yield* makeSessions(sealing, publicOrigin.startsWith("https:"))
  const signIn = yield* makeSignIn(settings, sealing, sessions)
  const forms = yield* makeAccountForms
  const limits = yield* CallLimits

  const get = Effect.fnUntraced(function* (request: PageRequest) {
    const { path, query, headers } = request
    if (path === stylesheetPath) return styles
    const byIssuer = yield* signIn.atIssuer(request)
    if (byIssuer !== undefined) return byIssuer
    if (path !== accountPath) return notFound
    const session = yield* sessions.find(headers.cookie)
    if (session === undefined) return signIn.ask(200)
    yield* limits.admit(session.principal)
    return yield* forms.show(session, 200, outcomes.get(query.get("done") ?? ""))
  }, Effect.scoped)

  const post = Effect.fnUntraced(function* ({ path, headers, form }: PageRequest) {
    // A form of another site signs no user in or out, and connects nothing.
    if (headers.origin !== publicOrigin) {
      return answerPage(403, messageView("Refused", "This form is not of this page."))
    }
    const name = path.slice(accountPath.length + 1)
    if (name === "sign-in") return yield* signIn.withKey(form)
    if (name === "sign-out") return toPage(undefined, [sessions.end])
    const act = Object.hasOwn(forms.actions, name) ? forms.actions[name] : undefined
    if (act === undefined) return notFound
    const session = yield* sessions.find(headers.cookie)
    if (session === undefined) return signIn.ask(401, "Your session has ended. Sign in again.")
    yield* limits.admit(session.principal)
    if (form.get("token") === session.token) return yield* act(session, form)
    return yield* forms.show(session, 403, bad("This form was of an earlier session. Try again."))
  }, Effect.scoped)

  return AccountPage.of({
    answer: (request) => {
      const { method } = request
      const isRead = method === "GET" || method === "HEAD"
      if (!isRead && method !== "POST") {
        return Effect.succeed(answerPage(405, messageView("Refused", "This page takes GET and POST.")))
      }
      return (isRead ? get(request) : post(request)).pipe(
        Effect.catchTags({
          TooManyCalls: ({ message }) => Effect.succeed(answerPage(429, messageView("Wait a moment", `${message}.`))),
          LedgerError: ({ message }) => Effect.succeed(answerPage(503, messageView("Not available", `${message}.`))),
          SecretMissing: ({ message }) => Effect.succeed(answerPage(503, messageView("Not available", `${message}.`)))
        })
      )
    }
  })
})

const stylesheetPath = `${accountPath}/style.css`
const styles = answerStylesheet(stylesheet)

const notFound = answerPage(404, messageView("Not found", `The page is at ${accountPath}.`))

const outcomes: ReadonlyMap<string, Notice> = new Map<string, Notice>(
  Object.entries({
    connected: { kind: "good", text: "Connected. From now on your calls are paid from this account." },
    limited: { kind: "good", text: "The limit is saved." },
    disconnected: { kind: "good", text: "Disconnected. The key is deleted here." }
  })
)
