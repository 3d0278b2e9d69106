import { type AnyOperation, catalog, inputJsonSchema } from "@klingkit/core"
import type { JsonSchema, Tool } from "@klingkit/tools"
import { Struct } from "effect"
import type { RestRoute } from "./rest-route.ts"

/** The arguments of the raw tool that stand in the body, or are replaced by it. */
const ofBody = ["operation", "input", "search"]

/** A route for each operation of Kling, whose body is the operation's native input, and one to search them: all call the raw tool. */
export const operationRoutes = (tool: Tool): ReadonlyArray<RestRoute> => {
  const { properties } = tool.inputSchema
  return [
    {
      method: "GET",
      path: "/v1/operations",
      operationId: tool.name,
      summary: "Search Kling's operations",
      description: "The operations of Kling's API that can be called here. Free.",
      tool,
      query: { properties: Struct.pick(properties, ["search"]) },
      refused: { operation: "is the path: POST /v1/operations/ID", input: "is the body: POST /v1/operations/ID" },
      argumentsOf: ({ query }) => query
    },
    ...catalog.map((operation): RestRoute => ({
      method: "POST",
      path: `/v1/operations/${operation.id}`,
      // Generators of clients make a name of it.
      operationId: `kling_${operation.id.replaceAll(/\W/g, "_")}`,
      summary: operation.summary,
      description: descriptionOf(operation),
      tool,
      query: { properties: Struct.omit(properties, ofBody) },
      body: inputJsonSchema(operation.params) as unknown as JsonSchema,
      example: operation.example,
      refused: {},
      argumentsOf: ({ query, body }) => ({ ...query, operation: operation.id, input: body })
    }))
  ]
}

const descriptionOf = ({ method, path, billed, state }: AnyOperation): string =>
  [`Kling: ${method} ${path}.`, billed ? "Paid." : "Free.", ...(state === undefined ? [] : [`Note: ${state}.`])].join(
    " "
  )
