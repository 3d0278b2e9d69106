import { LedgerSource } from "@klingkit/jobs"
import { Effect } from "effect"
import { respond, type Route } from "../route.ts"

/** Longer than a ledger takes that is well, and shorter than most health checks wait. */
const answerTimeout = "3 seconds"

/** Why the ledger cannot be used at the moment; nothing if it can. */
export const ledgerProblem: Effect.Effect<string | undefined, never, LedgerSource> = LedgerSource.use(
  ({ open }) => open
).pipe(
  // A read: what was opened long ago may be gone.
  Effect.flatMap(({ accessKeys }) => accessKeys.find("")),
  Effect.as(undefined),
  Effect.timeout(answerTimeout),
  Effect.catchTag("TimeoutError", () => Effect.succeed("the ledger does not answer")),
  Effect.catch((error) => Effect.succeed(error.message))
)

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
