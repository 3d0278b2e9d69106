import { respond, type Route } from "../route.ts"

/** What keeps the server from doing its work, in words; nothing when all is well. */
type FindProblem = () => Promise<string | undefined>

/**
 * `/healthz` says whether the process is of use as it is, or should be started anew; `/readyz` whether requests should come to it.
 * A ledger that is away is no reason to start anew: it would not come back by that.
 */
export const healthRoutes = (problems: {
  readonly health: FindProblem
  readonly readiness: FindProblem
}): ReadonlyArray<Route> => [healthRoute("/healthz", problems.health), healthRoute("/readyz", problems.readiness)]

const healthRoute = (path: string, find: FindProblem): Route => ({
  path,
  serve: async (_request, response) => {
    const problem = await find()
    respond(response, problem === undefined ? 200 : 503, problem === undefined ? { status: "ok" } : { error: problem })
  }
})
