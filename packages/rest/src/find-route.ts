import type { Tool } from "@klingkit/tools"
import { unknownTool, unofferedTool } from "@klingkit/tools"
import { problemAnswer, problemOf, refusal, type RestAnswer } from "./problem.ts"
import type { RestRoute } from "./rest-route.ts"

/** A route, and the arguments in the path. */
export interface FoundRoute {
  readonly route: RestRoute
  readonly variables: Readonly<Record<string, string>>
}

const seeDocument = "see /v1/openapi.json for all paths"

/** The route of a request among those of all tools, or why there is none. `HEAD` is a `GET` without its body. */
export const findRoute = (
  routes: ReadonlyArray<RestRoute>,
  offered: ReadonlyArray<Tool>,
  method: string,
  path: string
): FoundRoute | RestAnswer => {
  const asked = method === "HEAD" ? "GET" : method
  const here = routes.flatMap((route) => {
    const variables = variablesOf(route.path, path)
    return variables === undefined ? [] : [{ route, variables }]
  })
  // `wait` in `/v1/tasks/wait` does not identify a task.
  const found = here
    .filter(({ route }) => route.method === asked)
    .toSorted((a, b) => Object.keys(a.variables).length - Object.keys(b.variables).length)[0]
  if (found === undefined) {
    return here.length === 0 ? unknownPath(path, offered) : wrongMethod(method, here)
  }
  const { name } = found.route.tool
  const unoffered = unofferedTool(name, offered)
  return unoffered === undefined ? found : problemAnswer(problemOf(404, unoffered))
}

const wrongMethod = (method: string, here: ReadonlyArray<FoundRoute>): RestAnswer => {
  const methods = [...new Set(here.map(({ route }) => route.method))]
  const allow = [...methods.flatMap((each) => (each === "GET" ? ["GET", "HEAD"] : [each])), "OPTIONS"].join(", ")
  const detail = `${method.slice(0, 20)} is not a method of this path`
  return refusal(405, "REST_WRONG_METHOD", detail, `use ${methods.join(" or ")}`, { allow })
}

const unknownPath = (path: string, offered: ReadonlyArray<Tool>): RestAnswer => {
  const name = /^\/v1\/tools\/([^/]+)$/.exec(path)?.[1]
  const detail = name === undefined ? "no such path" : unknownTool(decoded(name) ?? name, offered)
  return refusal(404, "REST_UNKNOWN_PATH", detail, seeDocument)
}

/** The variables of a template in a path; nothing where they do not fit. */
const variablesOf = (template: string, path: string): Readonly<Record<string, string>> | undefined => {
  const wanted = template.split("/")
  const given = path.split("/")
  if (wanted.length !== given.length) return undefined
  const variables: Record<string, string> = {}
  for (const [index, segment] of wanted.entries()) {
    const value = decoded(given[index] ?? "")
    const name = /^\{(\w+)\}$/.exec(segment)?.[1]
    if (value === undefined || (name === undefined ? value !== segment : value === "")) return undefined
    if (name !== undefined) variables[name] = value
  }
  return variables
}

const decoded = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
