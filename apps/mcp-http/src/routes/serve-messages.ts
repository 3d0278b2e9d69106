import { type Inbound, internalError, noId, parseError, refusalJson, serverError } from "@klingkit/mcp"
import type { AuthInfo, JSONRPCMessage, McpHttpHandler } from "@modelcontextprotocol/server"
import type { Accepted } from "./accept.ts"
import { answersIn, eventStreamResponse, isEventStream, jsonResponse } from "./answer-form.ts"

/** When the answers of a batch are longer than this together, the rest of it is not served: it belongs in other requests. */
const maxBatchAnswerLength = 40_000

interface From {
  readonly auth: AuthInfo | undefined
  /** The forms of an answer that the client reads. */
  readonly accepted: Accepted
}

/** Serves the messages of one body, and answers in a form that the client accepts. */
export const serveMessages = async (
  mcp: McpHttpHandler,
  web: Request,
  { isBatch, isTooLarge, messages, refusals }: Inbound,
  { auth, accepted }: From
): Promise<Response> => {
  const [message] = messages
  if (!isBatch && message !== undefined)
    return inForm(await serve(mcp, web, message, auth, accepted.eventStream), accepted)

  const answers = refusals.map(refusalJson)
  for (const each of messages) {
    const length = answers.reduce((sum, answer) => sum + answer.length, 0)
    const response =
      length > maxBatchAnswerLength ? refused(429, each, tooMuch) : await serve(mcp, web, each, auth, false)
    // Only the answer to a whole request can ask for a scope.
    answers.push(...(await answersIn(isChallenge(response) ? refused(403, each, outOfScope) : response)))
  }
  if (answers.length === 0 && messages.length === 0) {
    return jsonResponse(400, refusalJson({ id: noId, code: parseError, message: "The body is empty" }))
  }
  if (answers.length === 0) return new Response(null, { status: 202 })
  const status = isTooLarge ? 413 : messages.length === 0 ? 400 : 200
  return accepted.json || status !== 200
    ? jsonResponse(status, isBatch ? `[${answers.join()}]` : (answers[0] ?? ""))
    : eventStreamResponse(answers)
}

const tooMuch = "not served: the answers of this batch are too long already; send this request by itself"

export const authOption = (auth: AuthInfo | undefined): { readonly authInfo?: AuthInfo } =>
  auth === undefined ? {} : { authInfo: auth }

const outOfScope = "not served: it needs a scope that the caller does not have; send this request by itself"

const isChallenge = ({ headers }: Response): boolean => headers.has("www-authenticate")

const serve = async (
  mcp: McpHttpHandler,
  web: Request,
  message: JSONRPCMessage,
  auth: AuthInfo | undefined,
  canStream: boolean
): Promise<Response> => {
  if (!canStream && "method" in message && message.method === "subscriptions/listen") {
    return refused(
      406,
      message,
      "subscriptions need a client that accepts text/event-stream, and a request of their own"
    )
  }
  const headers = new Headers(web.headers)
  // The SDK serves only clients that accept both; the form is chosen here.
  headers.set("accept", "application/json, text/event-stream")
  try {
    const request = new Request(web.url, { method: "POST", headers, signal: web.signal })
    return await underItsId(message, await mcp.fetch(request, { parsedBody: message, ...authOption(auth) }))
  } catch {
    return refused(500, message, "Internal server error", internalError)
  }
}

/** The SDK answers some requests that it refuses without their id. */
const underItsId = async (message: JSONRPCMessage, response: Response): Promise<Response> => {
  if (response.ok || !("id" in message) || isEventStream(response) || isChallenge(response)) return response
  const text = await response.text()
  const body = text === "" ? undefined : (JSON.parse(text) as { readonly id?: unknown })
  return jsonResponse(response.status, body?.id === null ? JSON.stringify({ ...body, id: message.id }) : text)
}

const inForm = async (response: Response, { json, eventStream }: Accepted): Promise<Response> => {
  if ((json && eventStream) || response.status !== 200 || isEventStream(response) === eventStream) return response
  const answers = await answersIn(response)
  return eventStream ? eventStreamResponse(answers) : jsonResponse(200, answers.at(-1) ?? "")
}

const refused = (status: number, message: JSONRPCMessage, text: string, code = serverError): Response =>
  "id" in message && "method" in message
    ? jsonResponse(status, refusalJson({ id: JSON.stringify(message.id), code, message: text }))
    : new Response(null, { status: 202 })
