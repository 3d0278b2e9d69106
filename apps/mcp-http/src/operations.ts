import { createServer, type Server } from "node:http"
import { respond, type Route, routeOf } from "./route.ts"

/**
 * What operators and their programs read, on a port of its own: anyone who can reach it reads it. Without the guard of the other
 * port, since probes call an address and not a name; nothing here can be changed, and pages of other origins get no answer.
 */
export const makeOperationsServer = (routes: ReadonlyArray<Route>): Server =>
  createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    const path = request.url?.split("?", 1)[0] ?? ""
    const route = routeOf(routes, path)
    if (route === undefined) return respond(response, 404, { error: "not found" })
    if (request.method !== "GET" && request.method !== "HEAD") return respond(response, 405, { error: "GET only" })
    void route.serve(request, response, path)
  })
