import { errorWords, type Resource, resources, type ToolFailure } from "@klingkit/tools"
import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  ResourceTemplate
} from "@modelcontextprotocol/server"
import { Effect } from "effect"
import type { Services } from "./build-server.ts"
import { typing } from "./completions.ts"

const mimeType = "application/json"

/** Offers what can be read, as JSON. Tasks are found by their address and never listed: a list is the same for everybody. */
export const registerResources = (server: McpServer, services: Services): void => {
  for (const resource of resources) {
    const { name, title, description, uri, cache: cacheHint } = resource
    const about = { title, description, mimeType, cacheHint }
    const read = (at: URL, variables: Readonly<Record<string, string | ReadonlyArray<string>>>, signal: AbortSignal) =>
      services.runPromise(contentsOf(resource, at.href, variables), { signal })
    if (uri.includes("{")) {
      const complete = Object.fromEntries(
        Object.entries(resource.complete ?? {}).map(([variable, one]) => [variable, typing(services, one)])
      )
      const template = new ResourceTemplate(uri, { list: undefined, complete })
      server.registerResource(name, template, about, (at, variables, ctx) => read(at, variables, ctx.mcpReq.signal))
    } else {
      server.registerResource(name, uri, about, (at, ctx) => read(at, {}, ctx.mcpReq.signal))
    }
  }
}

const contentsOf = (
  resource: Resource,
  uri: string,
  variables: Readonly<Record<string, string | ReadonlyArray<string>>>
) =>
  resource
    .read(Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, decoded(String(value))])))
    .pipe(
      Effect.map((json) => ({ contents: [{ uri, mimeType, text: JSON.stringify(json) }] })),
      Effect.mapError((error) => problemOf(uri, error))
    )

/** Hosts may spell an id by percent signs; what cannot be read stays as it is, and is not found. */
const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

const problemOf = (uri: string, error: ToolFailure): ProtocolError =>
  error.reason._tag === "TaskNotFound" || error.reason._tag === "InvalidInput"
    ? new ResourceNotFoundError(uri)
    : new ProtocolError(ProtocolErrorCode.InternalError, errorWords({ charged: false }, error).lines.join("\n"))
