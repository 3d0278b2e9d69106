import {
  AccessDenied,
  CallLimits,
  challenge,
  Gate,
  type HostingSettings,
  isAuthenticated,
  KlingAccounts,
  metadataUrl
} from "@klingkit/hosting"
import { type Caller, CallerServices, localCaller, type Services } from "@klingkit/mcp"
import { grants, type Scope as AccessScope } from "@klingkit/tools"
import type { AuthInfo } from "@modelcontextprotocol/server"
import { Effect, Option, Redacted, type Scope, type Tracer } from "effect"
import type { IncomingMessage, ServerResponse } from "node:http"
import { requestIdOf } from "./request-id.ts"
import { respond } from "./route.ts"
import { callerSpan } from "./traces.ts"

/** A caller that is let in: what the SDK gets to know of it, and the services that work for it. */
export interface Admitted {
  /** None on a server that lets everyone in. */
  readonly auth: AuthInfo | undefined
  readonly services: Services
  /** Whose work it does. */
  readonly principal: string
}

/** A refusal over HTTP. Nothing was sent to Kling. */
export interface Refused {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly message: string
}

/** Serves a request whose caller is let in, until it is answered; else says why it is not. */
export type Admit = (
  request: IncomingMessage,
  serve: (admitted: Admitted) => Promise<void>
) => Promise<Refused | undefined>

/** What is logged about a request has its id. */
const underItsId =
  (request: IncomingMessage) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.annotateLogs(effect, "request_id", requestIdOf(request))

/** The services as one request uses them, within its span. */
export const servicesOf = (request: IncomingMessage, services: Services, span?: Tracer.AnySpan): Services => ({
  runPromise: (effect, options) =>
    services.runPromise(underItsId(request)(span === undefined ? effect : Effect.withParentSpan(effect, span)), options)
})

export const refuse = (response: ServerResponse, { status, headers, message }: Refused): void => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  respond(response, status, { error: message })
}

/** Serves a request whose caller is let in, until it is answered; returns why it is not. `route` names its span. */
export const admitting = (
  request: IncomingMessage,
  serve: (admitted: Admitted) => Promise<void>,
  { settings, route }: { readonly settings: HostingSettings; readonly route: string }
): Effect.Effect<Refused | undefined, never, Gate | CallLimits | CallerServices | KlingAccounts> => {
  const parent = callerSpan(request)
  return admit(request, settings).pipe(
    Effect.flatMap((admitted) => Effect.promise(() => serve(admitted))),
    Effect.as(undefined),
    Effect.catch((refused) => Effect.succeed(refused)),
    Effect.scoped,
    Effect.withSpan(`${request.method} ${route}`, { kind: "server", ...(parent === undefined ? {} : { parent }) })
  )
}

/** Lets a request in, or refuses it. The caller's share is taken until the scope closes. */
const admit = (
  request: IncomingMessage,
  settings: HostingSettings
): Effect.Effect<Admitted, Refused, Gate | CallLimits | CallerServices | KlingAccounts | Scope.Scope> =>
  Effect.gen(function* () {
    const { headers } = request
    const principal = isAuthenticated(settings)
      ? yield* Gate.use((gate) => gate.identify(headers.authorization))
      : undefined
    const caller = principal === undefined ? localCaller : { principal: principal.id, budgetLine: principal.budgetLine }
    if (principal !== undefined) yield* CallLimits.use((limits) => limits.admit(principal.id))
    const key = ownKey(headers["x-kling-api-key"])
    const account: Caller["account"] =
      key !== undefined
        ? { credentials: { kind: "api-key", apiKey: key } }
        : principal === undefined
          ? undefined
          : yield* KlingAccounts.use((accounts) => accounts.find(principal.id)).pipe(
              Effect.catchTag("AccountUnreadable", () => Effect.succeed("unreadable" as const))
            )
    const callers = yield* CallerServices
    if (key === undefined) yield* callers.letGo(caller.principal, account)
    const services = yield* callers.of(account === undefined ? caller : { ...caller, account })
    const span = Option.getOrUndefined(yield* Effect.option(Effect.currentParentSpan))
    return {
      services: servicesOf(request, services, span),
      principal: caller.principal,
      auth: principal === undefined ? undefined : authOf(principal, metadataUrl(settings))
    }
  }).pipe(
    Effect.tapError((error) => (error._tag === "LedgerError" ? Effect.logWarning(error.message) : Effect.void)),
    Effect.mapError((error) => refusalOf(error, settings)),
    underItsId(request)
  )

/** What an admitted caller lacks for a call; a server that lets everyone in needs no scope. */
export const missingScope = ({ auth }: Admitted, scope: AccessScope, settings: HostingSettings): Refused | undefined =>
  auth === undefined || grants(auth.scopes, scope)
    ? undefined
    : refusalOf(new AccessDenied({ reason: "scope", message: `this call needs the scope ${scope}`, scope }), settings)

const ownKey = (header: string | ReadonlyArray<string> | undefined): Redacted.Redacted | undefined =>
  typeof header === "string" && header.trim() !== "" ? Redacted.make(header.trim()) : undefined

/** Without the credential itself, which nothing behind this point needs. */
const authOf = (
  { clientId, scopes, expiresAt }: Effect.Success<ReturnType<Gate["Service"]["identify"]>>,
  resourceMetadataUrl: string | undefined
): AuthInfo => ({
  token: "",
  clientId,
  scopes: [...scopes],
  ...(expiresAt === undefined ? {} : { expiresAt }),
  ...(resourceMetadataUrl === undefined ? {} : { resourceMetadataUrl })
})

const statuses: Readonly<Record<AccessDenied["reason"], number>> = {
  missing: 401,
  invalid: 401,
  scope: 403,
  unavailable: 503
}

/** Where the ledger is, and what it said, is for the log. */
const ledgerAway =
  "this server cannot use its ledger now, so it cannot tell who calls; nothing was sent or charged. Call again in a moment"

const refusalOf = (
  error:
    | AccessDenied
    | Effect.Error<ReturnType<CallLimits["Service"]["admit"]>>
    | Effect.Error<ReturnType<Gate["Service"]["identify"]>>,
  settings: HostingSettings
): Refused => {
  const { message } = error
  if (error._tag === "TooManyCalls") {
    return { status: 429, headers: { "retry-after": String(error.retryAfterSeconds) }, message }
  }
  if (error._tag === "LedgerError") return { status: 503, headers: { "retry-after": "5" }, message: ledgerAway }
  const status = statuses[error.reason]
  return {
    status,
    message,
    headers: status === 503 ? { "retry-after": "5" } : { "www-authenticate": challenge(error, settings) }
  }
}
