import { type KnownSecrets, uploadTokenOf } from "@klingkit/hosting"
import { Effect } from "effect"
import type { IncomingMessage } from "node:http"
import type { Answered, Observe } from "./serve.ts"
import { countRequest } from "./metrics/http-metrics.ts"
import { requestIdOf } from "./request-id.ts"

/** Credentials of a request, which nothing that is written may contain. */
const credentialsOf = ({ headers, url = "" }: IncomingMessage): ReadonlyArray<string> => {
  const { authorization = "", "x-kling-api-key": ownKey } = headers
  return [
    authorization.replace(/^\w+ +/, ""),
    ...[ownKey ?? []].flat(),
    uploadTokenOf(url.split("?", 1)[0] ?? "") ?? ""
  ]
    .map((text) => text.trim())
    .filter((text) => text !== "")
}

/** Logs and counts each request when it is answered, and hides its credentials in all that is logged meanwhile. */
export const observeRequests =
  (secrets: KnownSecrets, run: (effect: Effect.Effect<void>) => void): Observe =>
  (request) => {
    const release = secrets.hold(credentialsOf(request))
    return (answered) => {
      run(Effect.andThen(countRequest(request.method ?? "", answered), logAnswer(request, answered)))
      release()
    }
  }

/** The route, not the path: paths of callbacks are secret, and others are whatever a stranger types. */
const logAnswer = (request: IncomingMessage, { route, status, millis }: Answered) =>
  Effect.logInfo("request").pipe(
    Effect.annotateLogs({ request_id: requestIdOf(request), method: request.method, route, status, millis })
  )
