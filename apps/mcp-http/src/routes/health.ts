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
