import { otherBaseUrl } from "@klingkit/core/internal"
import type { LedgerError } from "@klingkit/jobs"
import { sha256Hex } from "@klingkit/jobs/internal"
import { Clock, Effect } from "effect"
import { checkAccount } from "../accounts/check-account.ts"
import { type ConnectedAccount, KlingAccounts, type SecretMissing } from "../accounts/kling-accounts.ts"
import { keyProblem } from "./key-problems.ts"
import { answerPage, type PageAnswer, toPage } from "./page-answer.ts"
import { readAccountForm, readLimit } from "./read-account-form.ts"
import type { Session } from "./sessions.ts"
import { accountView, type Notice, type Packs } from "./views.ts"

type Answering = Effect.Effect<PageAnswer, LedgerError | SecretMissing>

export interface AccountForms {
  /** The account of who is signed in, and all forms. */
  show(session: Session, status?: number, notice?: Notice): Answering
  /** What sending each form does. */
  readonly actions: Readonly<Record<string, (session: Session, form: URLSearchParams) => Answering>>
}

export const makeAccountForms: Effect.Effect<AccountForms, never, KlingAccounts> = Effect.map(
  KlingAccounts,
  (accounts) => {
    const show = Effect.fnUntraced(function* ({ principal, token }: Session, status = 200, notice?: Notice) {
      const fixedUrl = yield* Effect.orElseSucceed(otherBaseUrl, () => undefined)
      const account = yield* accounts.find(principal).pipe(
        Effect.map((found) => found ?? ("none" as const)),
        Effect.catchTag("AccountUnreadable", () => Effect.succeed("unreadable" as const))
      )
      const view = accountView({
        user: principal,
        token,
        account,
        packs: typeof account === "object" ? yield* packsOf(account) : [],
        fixedHost: fixedUrl === undefined ? undefined : new URL(fixedUrl).host,
        notice
      })
      return answerPage(status, view)
    })

    const connect = Effect.fnUntraced(function* (session: Session, form: URLSearchParams) {
      const { principal } = session
      const entered = readAccountForm(form)
      if ("problem" in entered) return yield* show(session, 422, bad(entered.problem))
      const before = yield* accounts
        .find(principal)
        .pipe(Effect.catchTag("AccountUnreadable", () => Effect.succeed(undefined)))
      const checked = yield* checkAccount(entered.read).pipe(
        Effect.map((packs) => ({ packs })),
        Effect.catch((error) => Effect.succeed({ error }))
      )
      if ("error" in checked) {
        const status = checked.error._tag === "KlingAway" ? 503 : 422
        return yield* show(session, status, bad(`${keyProblem(checked.error)} Nothing was stored.`))
      }
      const name =
        before !== undefined && form.get("same_account") === "yes"
          ? before.name
          : checked.packs.length === 0
            ? yield* newName(principal)
            : undefined
      yield* accounts.connect(principal, {
        ...entered.read,
        ...(name === undefined ? {} : { name }),
        // The form of a connected account has a limit of its own.
        ...(before?.maxUsdPerDay === undefined ? {} : { maxUsdPerDay: before.maxUsdPerDay })
      })
      return toPage("connected")
    })

    const limit = Effect.fnUntraced(function* (session: Session, form: URLSearchParams) {
      const entered = readLimit(form)
      if ("problem" in entered) return yield* show(session, 422, bad(entered.problem))
      const isSet = yield* accounts
        .limit(session.principal, entered.read)
        .pipe(Effect.catchTag("AccountUnreadable", () => Effect.succeed(false)))
      return isSet ? toPage("limited") : yield* show(session, 409, bad("The limit was not set. Try again."))
    })

    return {
      show,
      actions: {
        connect,
        limit,
        disconnect: ({ principal }) => Effect.as(accounts.disconnect(principal), toPage("disconnected"))
      }
    }
  }
)

/** Where Kling names no packs, only a name tells accounts apart. No other account gets the same one. */
const newName = Effect.fnUntraced(function* (principal: string) {
  return `own-${yield* sha256Hex(`${principal}\n${yield* Clock.currentTimeMillis}`)}`
})

export const bad = (text: string): Notice => ({ kind: "bad", text })

const packsOf = (account: ConnectedAccount): Effect.Effect<Packs> =>
  checkAccount(account).pipe(
    Effect.catch((error) =>
      Effect.succeed({
        problem: error._tag === "KlingAway" ? "Kling does not say at the moment what is left." : keyProblem(error)
      })
    )
  )
