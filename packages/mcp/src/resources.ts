import { formatError, type Resource, resources, type ToolFailure } from "@klingkit/tools"
import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  ResourceTemplate
} from "@modelcontextprotocol/server"
import { Effect } from "effect"
import type { Services } from "./build-server.ts"
import { completionOf } from "./completions.ts"

const mimeType = "application/json"

/** Registers the JSON resources. Tasks are read by URI and never listed, since the resource list is the same for every user. */
export const registerResources = (server: McpServer, services: Services): void => {
  for (const resource of resources) {
    const { name, title, description, uri, cache: cacheHint } = resource
    const about = { title, description, mimeType, cacheHint }
    const read = (url: URL, variables: Readonly<Record<string, string | ReadonlyArray<string>>>, signal: AbortSignal) =>
      services.runPromise(contentsOf(resource, url.href, variables), { signal })
    if (uri.includes("{")) {
      const complete = Object.fromEntries(
        Object.entries(resource.complete ?? {}).map(([variable, completer]) => [
          variable,
          completionOf(services, completer)
        ])
      )
      const template = new ResourceTemplate(uri, { list: undefined, complete })
      server.registerResource(name, template, about, (url, variables, ctx) => read(url, variables, ctx.mcpReq.signal))
    } else {
      server.registerResource(name, uri, about, (url, ctx) => read(url, {}, ctx.mcpReq.signal))
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

/** Hosts may percent-encode an id; an invalid encoding is kept as it is, and not found. */
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
    : new ProtocolError(ProtocolErrorCode.InternalError, formatError({ charged: false }, error).lines.join("\n"))
