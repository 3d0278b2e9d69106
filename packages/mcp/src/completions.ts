import { type Completer, resources, type Tool } from "@klingkit/tools"
import { type McpServer, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server"
import { Effect } from "effect"
import type { Services } from "./build-server.ts"
import { promptsFor } from "./prompts.ts"

/** As many as an answer may hold. */
const mostValues = 100

/** Offers what may be meant while somebody fills in a prompt or the address of a resource. */
export const registerCompletions = (server: McpServer, services: Services, tools: ReadonlyArray<Tool>): void => {
  server.server.setRequestHandler("completion/complete", async ({ params: { ref, argument } }, ctx) => {
    const complete = completerOf(ref, argument.name, tools)
    if (complete === undefined) return { completion: { values: [], hasMore: false } }
    // A hint is worth no error: without a ledger there are no handles to offer.
    const found = Effect.orElseSucceed(complete(argument.value), () => [])
    const values = await services.runPromise(found, { signal: ctx.mcpReq.signal })
    return {
      completion: { values: values.slice(0, mostValues), total: values.length, hasMore: values.length > mostValues }
    }
  })
}

type Reference =
  | { readonly type: "ref/prompt"; readonly name: string }
  | { readonly type: "ref/resource"; readonly uri: string }

const completerOf = (ref: Reference, argument: string, tools: ReadonlyArray<Tool>): Completer | undefined => {
  if (ref.type === "ref/resource") {
    const resource = resources.find(({ uri }) => uri === ref.uri)
    if (resource === undefined) throw unknown(`resource ${ref.uri}`)
    return resource.complete?.[argument]
  }
  const prompt = promptsFor(tools).find(({ name }) => name === ref.name)
  if (prompt === undefined) throw unknown(`prompt ${ref.name}`)
  return prompt.arguments.find(({ name }) => name === argument)?.complete
}

const unknown = (what: string): ProtocolError =>
  new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no ${what.slice(0, 200)}`)
