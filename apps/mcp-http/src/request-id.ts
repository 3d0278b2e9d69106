import { randomUUID } from "node:crypto"
import type { IncomingMessage } from "node:http"

export const requestIdHeader = "x-request-id"

/** What proxies send: an id of their own, not a text of someone else's. */
const wellFormed = /^[\w.:+/=-]{1,128}$/

/** Gives a request its id, under which every line about it is logged: that of the proxy in front, else a new one. */
export const giveRequestId = (request: IncomingMessage): string => {
  const [given, ...others] = request.headersDistinct[requestIdHeader] ?? []
  const id = given !== undefined && others.length === 0 && wellFormed.test(given) ? given : randomUUID()
  request.headers[requestIdHeader] = id
  return id
}

export const requestIdOf = ({ headers }: IncomingMessage): string => String(headers[requestIdHeader])
