import { maxBodyBytes } from "@klingkit/mcp"
import { refusedAnswer, type RestAnswer, type RestApi, restPath } from "@klingkit/rest"
import { endsWith, type Scope, scopeOf, Stopping } from "@klingkit/tools"
import { Effect } from "effect"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Admit, Admitted, Refused } from "../admission.ts"
import { readBody } from "../read-body.ts"
import type { Route } from "../route.ts"

interface RestOptions {
  readonly admit: Admit
  /** What an admitted caller lacks of the scope that a call needs. */
  readonly missing: (admitted: Admitted, scope: Scope) => Refused | undefined
  /** Aborted when the server is about to stop: waits then end with what they know. */
  readonly stopping: AbortSignal
}

/** REST below `/v1`. */
export const restRoute = (api: RestApi, { admit, missing, stopping }: RestOptions): Route => ({
  path: restPath,
  below: true,
  refuse: (response, status, message) => send(response, refusedAnswer(status, message)),
  serve: async (request, response, path) => {
    const found = api.find(request.method ?? "GET", path)
    if (!("route" in found)) return send(response, found)
    const refused = await admit(request, async (admitted) => {
      const lacking = missing(admitted, scopeOf(found.route.tool))
      if (lacking !== undefined) return sendRefused(response, lacking)
      const body = await readBody(request, maxBodyBytes)
      if (body === undefined) {
        return send(response, refusedAnswer(413, `a body may have at most ${maxBodyBytes} bytes`))
      }
      // It ends the wait. Submitted jobs continue: they do not listen to it.
      const gone = new AbortController()
      response.once("close", () => gone.abort())
      const call = api
        .answer(found, { ...partsOf(request), body })
        .pipe(Effect.provideService(Stopping, endsWith(stopping)))
      const answer = await admitted.services.runPromise(call, { signal: gone.signal }).catch(() => undefined)
      if (answer !== undefined) send(response, answer)
      else response.destroy()
    })
    if (refused !== undefined) sendRefused(response, refused)
  }
})

const partsOf = ({ url = "", headers, headersDistinct }: IncomingMessage) => ({
  query: url.split("?").slice(1).join("?"),
  contentType: headers["content-type"],
  contentEncoding: headers["content-encoding"],
  idempotencyKeys: headersDistinct["idempotency-key"] ?? []
})

export const sendRefused = (response: ServerResponse, { status, headers, message }: Refused): void =>
  send(response, refusedAnswer(status, message, headers))

export const send = (response: ServerResponse, { status, headers, body }: RestAnswer): void =>
  void response.writeHead(status, headers).end(JSON.stringify(body))
