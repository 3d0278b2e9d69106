import { respond, type Route } from "../route.ts"

/** A JSON document that everyone may read. */
export const documentRoute = (path: string, document: object): Route => ({
  path,
  serve: (_request, response) => respond(response, 200, document)
})
