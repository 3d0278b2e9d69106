import { requests } from "@klingkit/core/requests"
import type { JsonSchema, Tool } from "@klingkit/tools"
import { Struct } from "effect"
import { operationRoutes } from "./operation-routes.ts"
import { type Arguments, type RestRoute, variablesIn } from "./rest-route.ts"

/** A route of a tool that is about a thing. */
interface Noun {
  readonly route: `${RestRoute["method"]} /v1/${string}`
  readonly tool: string
  /** For a second route of a tool; else the tool's name. */
  readonly operationId?: string
  readonly needs?: ReadonlyArray<string>
  readonly without?: Readonly<Record<string, string>>
  /** Arguments that hold an object: chats give its JSON text, programs the object. */
  readonly objects?: ReadonlyArray<string>
  readonly example?: Arguments
}

const noImage = { preview: "is for chats that show images; download the files" }
const one = { task_ids: "is for several tasks: leave the id out of the path", ...noImage }
const several = { task_id: "is for one task: put it in the path", ...noImage }
const unsaved = { task_ids: ["unsaved"] }

/** Every tool that is not here is at `POST /v1/tools/NAME`. */
const nouns: ReadonlyArray<Noun> = [
  { route: "GET /v1/tasks", tool: "list_tasks" },
  { route: "GET /v1/tasks/{task_id}", tool: "check_video_status", without: noImage },
  { route: "POST /v1/tasks/{task_id}/wait", tool: "wait_for_task", without: one },
  { route: "POST /v1/tasks/{task_id}/download", tool: "download_task", without: one },
  { route: "POST /v1/tasks/{task_id}/repeat", tool: "repeat_task", objects: ["changes"] },
  {
    route: "POST /v1/tasks/wait",
    tool: "wait_for_task",
    operationId: "wait_for_tasks",
    needs: ["task_ids"],
    without: several,
    example: unsaved
  },
  {
    route: "POST /v1/tasks/download",
    tool: "download_task",
    operationId: "download_tasks",
    needs: ["task_ids"],
    without: { ...several, file_name: "is for one task" },
    example: unsaved
  },
  {
    route: "POST /v1/quotes",
    tool: "quote_cost",
    objects: ["arguments"],
    example: { tool: "generate_video", arguments: { prompt: "A red fox in the snow", duration: 5 } }
  },
  { route: "GET /v1/spend", tool: "spend" },
  { route: "GET /v1/models", tool: "list_models" },
  { route: "GET /v1/balance", tool: "get_account_balance" },
  { route: "GET /v1/packages", tool: "get_resource_packages" },
  { route: "GET /v1/tools", tool: "find_tool" }
]

/** Tools without a route: what another one does for every task. */
export const coveredTools: Readonly<Record<string, string>> = { check_image_status: "check_video_status" }

/** The routes of all these tools. */
export const restRoutes = (tools: ReadonlyArray<Tool>): ReadonlyArray<RestRoute> =>
  tools.flatMap((tool): ReadonlyArray<RestRoute> => {
    if (tool.toolset === "raw") return operationRoutes(tool)
    const ofTool = nouns.filter((noun) => noun.tool === tool.name)
    if (ofTool.length > 0) return ofTool.map((noun) => nounRoute(noun, tool))
    return tool.name in coveredTools ? [] : [nounRoute({ route: `POST /v1/tools/${tool.name}`, tool: tool.name }, tool)]
  })

const nounRoute = (noun: Noun, tool: Tool): RestRoute => {
  const { needs = [], without = {}, objects = [], operationId = tool.name } = noun
  const [method = "", path = ""] = noun.route.split(" ")
  const { inputSchema } = tool
  const variables = variablesIn(path)
  const gone = [...variables, ...Object.keys(without)]
  const required = [...(inputSchema.required ?? []), ...needs].filter((name) => !gone.includes(name))
  const rest: JsonSchema = {
    ...Struct.omit(inputSchema, ["required"]),
    properties: withObjects(Struct.omit(inputSchema.properties, gone), objects),
    ...(required.length === 0 ? {} : { required })
  }
  const example = noun.example ?? exampleOf(tool)
  const isGet = method === "GET"
  return {
    method: isGet ? "GET" : "POST",
    path,
    operationId,
    summary: operationId === tool.name ? tool.title : `${tool.title}s`,
    description: tool.description,
    tool,
    query: isGet ? rest : { properties: {} },
    ...(isGet ? {} : { body: rest }),
    ...(example === undefined ? {} : { example }),
    refused: { ...without, ...Object.fromEntries(variables.map((name) => [name, "is in the path already"])) },
    argumentsOf: (given) => ({ ...given.query, ...given.body, ...given.path })
  }
}

/** What the tool's own request declares as its example. */
const exampleOf = (tool: Tool): Arguments | undefined =>
  requests
    .map((request) => tool.argumentsFor?.(request, request.example))
    .find((example): example is Arguments => example !== undefined)

/** The same schema, with an object wherever one of these is the object's JSON text. */
const withObjects = <Schema>(schema: Schema, names: ReadonlyArray<string>): Schema => {
  if (names.length === 0 || typeof schema !== "object" || schema === null || Array.isArray(schema)) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [
      name,
      names.includes(name) && (value as Arguments)["type"] === "string"
        ? { ...value, type: "object", additionalProperties: true }
        : withObjects(value, names)
    ])
  ) as Schema
}
