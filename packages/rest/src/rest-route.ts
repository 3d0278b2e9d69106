import type { JsonSchema, Tool } from "@klingkit/tools"

export type Arguments = Readonly<Record<string, unknown>>

/** The parts of a request that hold arguments. */
export interface Given {
  /** The segments in braces. */
  readonly path: Readonly<Record<string, string>>
  readonly query: Arguments
  readonly body: Arguments
}

/** A method and a path, and the tool that is called by them. */
export interface RestRoute {
  readonly method: "GET" | "POST"
  /** `/v1/tasks/{task_id}`: segments in braces are arguments. */
  readonly path: string
  /** The tool's name where it has one route, so that what tools say of each other holds here too. */
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly tool: Tool
  /** What the query may have. */
  readonly query: Pick<JsonSchema, "properties" | "required">
  /** What the body may have; absent when there is none. */
  readonly body?: JsonSchema
  /** A body that is valid as it is. */
  readonly example?: Arguments
  /** Arguments of the tool that this route does not take, and why. */
  readonly refused: Readonly<Record<string, string>>
  argumentsOf(given: Given): Arguments
}

/** The names in braces. */
export const variablesIn = (path: string): ReadonlyArray<string> =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name)

/** A tool that may be called again without further effect needs no key for that. */
export const takesIdempotencyKey = ({ method, tool }: RestRoute): boolean => method === "POST" && !tool.hints.idempotent
