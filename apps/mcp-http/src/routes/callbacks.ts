import { CallbackAddresses, callbackPath } from "@klingkit/hosting"
import { Jobs } from "@klingkit/jobs"
import { CallerServices, localCaller } from "@klingkit/mcp"
import { Effect, type Redacted, type Scope } from "effect"
import type { IncomingMessage } from "node:http"
import { servicesOf } from "../admission.ts"
import { readBody } from "../read-body.ts"
import type { Route } from "../route.ts"

/** A task with all its results is some kilobytes. */
const maxBytes = 1024 * 1024

/** `/callbacks/kling` and what is below it. `receive` returns the status of the answer. */
export const callbackRoute = (receive: (request: IncomingMessage, path: string) => Promise<number>): Route => ({
  path: callbackPath,
  below: true,
  serve: async (request, response, path) => void response.writeHead(await receive(request, path)).end()
})

/** The status of the answer to a callback of Kling; what is not Kling's changes nothing. */
export const receiveCallback = Effect.fnUntraced(function* (
  request: IncomingMessage,
  path: string,
  secrets: ReadonlyArray<Redacted.Redacted>
): Effect.fn.Return<number, never, CallbackAddresses | CallerServices | Scope.Scope> {
  if (request.method !== "POST") return 405
  const addressedTo = yield* CallbackAddresses.use((addresses) => addresses.handleOf(path))
  if (addressedTo === undefined && path !== callbackPath) return 404
  const body = yield* Effect.promise(() => readBody(request, maxBytes))
  if (body === undefined) return 413
  const callback = {
    secrets,
    headers: request.headersDistinct,
    body,
    ...(addressedTo === undefined ? {} : { addressedTo })
  }
  const services = servicesOf(request, yield* CallerServices.use((callers) => callers.of(localCaller)))
  return yield* Effect.promise(() =>
    services.runPromise(
      Jobs.use((jobs) => jobs.receiveCallback(callback)).pipe(
        Effect.as(204),
        Effect.tapError(({ message }) => Effect.logWarning(`a callback was not accepted: ${message}`)),
        Effect.catchTag("CallbackError", ({ reason }) => Effect.succeed(reason === "unreadable" ? 400 : 401)),
        // Kling may call again.
        Effect.catch(() => Effect.succeed(503))
      )
    )
  )
}, Effect.scoped)
