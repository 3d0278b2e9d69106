import {
  type AccessDenied,
  CallLimits,
  challenge,
  Gate,
  type HostingSettings,
  isAuthenticated,
  metadataUrl
} from "@klingkit/hosting"
import { CallerServices, localCaller, type Services } from "@klingkit/mcp"
import type { AuthInfo } from "@modelcontextprotocol/server"
import { Effect, Redacted, type Scope } from "effect"
import type { IncomingMessage, ServerResponse } from "node:http"
import { respond } from "./route.ts"

/** A caller that is let in: what the SDK gets to know of it, and the services that work for it. */
export interface Admitted {
  /** None on a server that lets everyone in. */
  readonly auth: AuthInfo | undefined
  readonly services: Services
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

export const refuse = (response: ServerResponse, { status, headers, message }: Refused): void => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  respond(response, status, { error: message })
}

/** Lets a request in, or refuses it. The caller's share is taken until the scope closes. */
export const admit = (
  { headers }: IncomingMessage,
  settings: HostingSettings
): Effect.Effect<Admitted, Refused, Gate | CallLimits | CallerServices | Scope.Scope> =>
  Effect.gen(function* () {
    const principal = isAuthenticated(settings)
      ? yield* Gate.use((gate) => gate.identify(headers.authorization))
      : undefined
    const caller = principal === undefined ? localCaller : { principal: principal.id, budgetLine: principal.budgetLine }
    if (principal !== undefined) yield* CallLimits.use((limits) => limits.admit(principal.id))
    const key = ownKey(headers["x-kling-api-key"])
    const services = yield* CallerServices.use((callers) =>
      callers.of(key === undefined ? caller : { ...caller, apiKey: key })
    )
    return { services, auth: principal === undefined ? undefined : authOf(principal, metadataUrl(settings)) }
  }).pipe(Effect.mapError((error) => refusalOf(error, settings)))

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
  if (error._tag === "LedgerError") return { status: 503, headers: { "retry-after": "5" }, message }
  const status = statuses[error.reason]
  return {
    status,
    message,
    headers: status === 503 ? { "retry-after": "5" } : { "www-authenticate": challenge(error, settings) }
  }
}
