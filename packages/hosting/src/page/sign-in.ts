import type { LedgerError } from "@klingkit/jobs"
import { Effect, Redacted } from "effect"
import type { AccessDenied } from "../access-denied.ts"
import type { Sealing } from "../accounts/sealing.ts"
import { Gate } from "../gate.ts"
import { accountPath, type HostingSettings } from "../settings.ts"
import { StartedSignIn, startSignIn, finishSignIn, returnPath, type SignInFailed } from "./issuer-sign-in.ts"
import { answerPage, type PageAnswer, type PageRequest, redirect, toPage } from "./page-answer.ts"
import { makeSealedCookie } from "./sealed-cookie.ts"
import type { Sessions } from "./sessions.ts"
import { type Notice, signInView } from "./views.ts"

export interface SignIn {
  /** The form, and why it is shown. */
  ask(status: number, problem?: string): PageAnswer
  /** With an access key of this server. */
  withKey(form: URLSearchParams): Effect.Effect<PageAnswer, LedgerError>
  /** To the issuer, and back from it; nothing for other paths. */
  atIssuer(request: PageRequest): Effect.Effect<PageAnswer | undefined, LedgerError>
}

export const makeSignIn = (
  { acceptsKeys, oauth, publicOrigin = "" }: HostingSettings,
  sealing: Sealing,
  sessions: Sessions
): Effect.Effect<SignIn, never, Gate> =>
  Effect.map(Gate, (gate) => {
    const client = oauth?.client
    const started = makeSealedCookie(sealing, {
      name: "klingkit-sign-in",
      content: StartedSignIn,
      lifetime: "10 minutes",
      isSecure: publicOrigin.startsWith("https:")
    })
    const ask = (status: number, problem?: string, cookies?: ReadonlyArray<string>): PageAnswer => {
      const notice: Notice | undefined = problem === undefined ? undefined : { kind: "bad", text: problem }
      return answerPage(
        status,
        signInView({ withKeys: acceptsKeys, withIssuer: client !== undefined, notice }),
        cookies
      )
    }
    const denied = ({ reason, message }: AccessDenied) =>
      reason === "unavailable"
        ? ask(503, `Try again later: ${message}.`)
        : ask(reason === "scope" ? 403 : 401, `Not signed in: ${message}.`)
    const failed = ({ because }: SignInFailed) =>
      ask(because === "issuer" ? 503 : 403, failures[because], [started.clear])

    const toIssuer = Effect.fnUntraced(function* (settings: NonNullable<typeof oauth>, as: NonNullable<typeof client>) {
      const { url, started: kept } = yield* startSignIn(settings, as, publicOrigin)
      return redirect(url, [yield* started.set(kept)])
    })
    const fromIssuer = Effect.fnUntraced(function* (
      settings: NonNullable<typeof oauth>,
      as: NonNullable<typeof client>,
      { headers, query }: PageRequest
    ) {
      const kept = yield* started.read(headers.cookie)
      const token = yield* finishSignIn(settings, as, publicOrigin, { answer: query, started: kept })
      const principal = yield* gate.identify(`Bearer ${Redacted.value(token)}`)
      return toPage(undefined, [started.clear, yield* sessions.begin(principal.id)])
    })

    return {
      ask: (status, problem) => ask(status, problem),
      withKey: Effect.fnUntraced(
        function* (form) {
          const key = form.get("access_key")?.trim() ?? ""
          if (!acceptsKeys || key === "") return ask(422, "Enter the access key.")
          const principal = yield* gate.identify(`Bearer ${key}`)
          return toPage(undefined, [yield* sessions.begin(principal.id, key)])
        },
        Effect.catchTag("AccessDenied", (error) => Effect.succeed(denied(error)))
      ),
      atIssuer: Effect.fnUntraced(
        function* (request) {
          if (oauth === undefined || client === undefined) return undefined
          if (request.path === `${accountPath}/sign-in`) return yield* toIssuer(oauth, client)
          return request.path === returnPath ? yield* fromIssuer(oauth, client, request) : undefined
        },
        Effect.catchTags({
          AccessDenied: (error) => Effect.succeed(denied(error)),
          SignInFailed: (error) => Effect.succeed(failed(error))
        })
      )
    }
  })

const failures = {
  issuer: "Your organization's sign-in cannot be reached at the moment. Try again later.",
  user: "You were not signed in. Try again."
} as const
