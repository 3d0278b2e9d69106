import type { IncomingMessage, ServerResponse } from "node:http"

/** What answers the requests for a path, and for those below it if it says so. */
export interface Route {
  readonly path: string
  readonly below?: boolean
  /** What its requests may have; `maxLineBytes` when absent. */
  readonly maxBytes?: number
  /** How long its requests may take to arrive; that of the server when absent. */
  readonly requestMillis?: number
  /** Says why a request does not get as far; by default as JSON with an `error`. */
  readonly refuse?: (response: ServerResponse, status: number, message: string) => void
  /** `path` is that of the request, without its query. */
  serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> | void
}

export const routeOf = (routes: ReadonlyArray<Route>, path: string): Route | undefined =>
  routes.find((route) => path === route.path || (route.below === true && path.startsWith(`${route.path}/`)))

export const respond = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}
