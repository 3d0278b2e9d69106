import { scopeOf, type Tool } from "@klingkit/tools"
import { type RestRoute, takesIdempotencyKey, variablesIn } from "../rest-route.ts"

/** The name of the schema of what a tool answers. */
export const resultName = ({ name }: Tool): string => `${name}_result`

/** A route as an Operation Object. */
export const operationObject = (route: RestRoute, signIn: boolean): object => {
  const { operationId, summary, description, tool, body, example } = route
  const scope = scopeOf(tool)
  return {
    operationId,
    summary,
    description: signIn ? `${description} Needs the scope ${scope}.` : description,
    parameters: parametersOf(route),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: (body.required ?? []).length > 0,
            content: { "application/json": { schema: body, ...(example === undefined ? {} : { example }) } }
          }
        }),
    responses: {
      "200": answer(tool, "The result"),
      ...(tool.charged
        ? {
            "202": {
              ...answer(tool, "Submitted: the task runs"),
              headers: { Location: { description: "The path of the task", schema: { type: "string" } } }
            }
          }
        : {}),
      // Generators of clients know this, and not all of them `4XX`.
      default: { $ref: "#/components/responses/problem" }
    },
    // An own Kling key is never needed, and possible with every call.
    security: signIn ? [{ bearer: [scope] }, { bearer: [scope], klingKey: [] }] : [{}, { klingKey: [] }]
  }
}

const answer = (tool: Tool, description: string) => ({
  description,
  content: { "application/json": { schema: { $ref: `#/components/schemas/${resultName(tool)}` } } }
})

const parametersOf = (route: RestRoute): ReadonlyArray<object> => [
  ...variablesIn(route.path).map((name) => parameter("path", name, route.tool.inputSchema.properties[name], true)),
  ...Object.entries(route.query.properties).map(([name, schema]) =>
    parameter("query", name, schema, route.query.required?.includes(name) === true)
  ),
  ...(takesIdempotencyKey(route) ? [{ $ref: "#/components/parameters/idempotencyKey" }] : [])
]

/** Its description stands beside the schema. */
const parameter = (where: "path" | "query", name: string, declared: unknown, required: boolean): object => {
  const { description, ...schema } = declared as { readonly description?: string }
  return { name, in: where, required, ...(description === undefined ? {} : { description }), schema }
}
