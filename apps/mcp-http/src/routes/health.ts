import { respond, type Route } from "../route.ts"

/** `/healthz` answers while the process runs; `/readyz` says what keeps the server from doing its work, or that all is well. */
export const healthRoutes = (findProblem: () => Promise<string | undefined>): ReadonlyArray<Route> => [
  { path: "/healthz", serve: (_request, response) => respond(response, 200, { status: "ok" }) },
  {
    path: "/readyz",
    serve: async (_request, response) => {
      const problem = await findProblem()
      respond(
        response,
        problem === undefined ? 200 : 503,
        problem === undefined ? { status: "ok" } : { error: problem }
      )
    }
  }
]
