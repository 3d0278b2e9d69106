import { isFinished, type KlingError } from "@klingkit/core"
import { nameProblem, variableOf } from "@klingkit/core/internal"
import {
  formatDefect,
  formatError,
  OfferedTools,
  type Tool,
  type ToolFailure,
  type ToolNeeds,
  type ToolResult,
  tools
} from "@klingkit/tools"
import { Cause, Effect, Result } from "effect"
import { findRoute, type FoundRoute } from "./find-route.ts"
import { type DocumentFacts, openApiDocument } from "./openapi/document.ts"
import { type Problem, problemAnswer, problemOf, refusal, type RestAnswer } from "./problem.ts"
import { readRequest, type RestRequest } from "./read-request.ts"
import type { RestRoute } from "./rest-route.ts"
import { restRoutes } from "./routes.ts"
import { retryHeaders, statusOfError } from "./status-of-error.ts"

/** Where everything is. */
export const restPath = "/v1"

export interface RestApi {
  /** OpenAPI 3.1, for everyone to read. */
  readonly document: object
  /** The route, or the answer itself: the document, or why there is no route. */
  find(method: string, path: string): FoundRoute | RestAnswer
  /** Calls the tool. Interrupting it ends a wait, never a job. */
  answer(found: FoundRoute, request: RestRequest): Effect.Effect<RestAnswer, never, ToolNeeds>
}

/** The tools that a server offers as a REST API. */
export const restApi = (offered: ReadonlyArray<Tool>, facts: DocumentFacts): RestApi => {
  const routes = restRoutes(tools.map((tool) => offered.find(({ name }) => name === tool.name) ?? tool))
  const document = openApiDocument(
    routes.filter(({ tool }) => offered.includes(tool)),
    facts
  )
  const described: RestAnswer = { status: 200, headers: { "content-type": "application/json" }, body: document }
  return {
    document,
    find: (method, path) => {
      const plain = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path
      if (plain !== documentPath) return findRoute(routes, offered, method, plain)
      if (method === "GET" || method === "HEAD") return described
      return refusal(405, "REST_WRONG_METHOD", `${method.slice(0, 20)} is not a method of this path`, "use GET", {
        allow: "GET, HEAD, OPTIONS"
      })
    },
    answer: (found, request) => {
      const args = readRequest(found, request)
      if (Result.isSuccess(args)) {
        return callTool(found.route, args.success).pipe(Effect.provideService(OfferedTools, offered))
      }
      return Effect.succeed("_tag" in args.failure ? failed(found.route.tool, args.failure) : args.failure)
    }
  }
}

const documentPath = `${restPath}/openapi.json`

const callTool = (route: RestRoute, args: object): Effect.Effect<RestAnswer, never, ToolNeeds> =>
  Effect.suspend(() => route.tool.call(args)).pipe(
    Effect.map((result) => succeeded(route, result)),
    Effect.catch((error) => Effect.succeed(failed(route.tool, error))),
    Effect.catchDefect((defect) =>
      Effect.logError(`${route.tool.name} failed`, Cause.die(defect)).pipe(
        Effect.as(problemAnswer(problemOf(500, formatDefect(route.tool))))
      )
    )
  )

const json = { "content-type": "application/json" }

/** 202 while what was submitted still runs. */
const succeeded = ({ tool }: RestRoute, { structured, job }: ToolResult): RestAnswer =>
  tool.charged && job !== undefined && !isFinished(job.task)
    ? {
        status: 202,
        headers: { ...json, location: `${restPath}/tasks/${encodeURIComponent(job.handle)}` },
        body: structured
      }
    : { status: 200, headers: json, body: structured }

const failed = (tool: Tool, error: ToolFailure | KlingError): RestAnswer =>
  problemAnswer(problemOf(statusOfError(error), formatError(tool, error), fieldsOf(error)), retryHeaders(error))

const fieldsOf = ({ reason }: ToolFailure): Pick<Problem, "problems"> =>
  reason._tag === "InvalidInput"
    ? {
        problems: reason.problems
          .map((problem) => nameProblem(problem, variableOf))
          .map(({ field, message }) => ({ field, message }))
      }
    : {}
