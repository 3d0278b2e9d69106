import { isJSONRPCRequest, type JSONRPCMessage } from "@modelcontextprotocol/server"
import { maxNameLength } from "./limits.ts"
import { invalidParams, invalidRequest, noId, type Refusal } from "./refusal.ts"

/** One message, readable for the SDK, or why it is not. */
export type Normalized = ({ readonly message: JSONRPCMessage } | { readonly refusal: Refusal }) & {
  /** What was left out, in words for the operator. */
  readonly dropped: ReadonlyArray<string>
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads a message by its meaning: `null` is absent, fields that JSON-RPC does not have are left out, a missing `jsonrpc` is
 * 2.0. Arguments of tools stay as they are, since their reader tells null from absent itself.
 */
export const normalizeMessage = (json: unknown, id: string | undefined): Normalized => {
  if (!isFields(json)) return refusal(undefined, invalidRequest, `${kindOf(json)} is not a JSON-RPC message`)
  const fields = cleaned(json)
  const { jsonrpc = "2.0", method } = fields
  const unknown = Object.keys(fields).filter((name) => !known.has(name))
  const dropped = unknown.length === 0 ? [] : [`${listOf(unknown)} of ${nameOf(method)}`]
  const refuse = (code: number, message: string) => refusal(id, code, `${nameOf(method)}: ${message}`, dropped)

  if (jsonrpc !== "2.0" && jsonrpc !== 2) return refuse(invalidRequest, "jsonrpc must be 2.0")
  if (method === undefined) {
    const response = "result" in json || "error" in json ? normalizeResponse(fields) : undefined
    return response === undefined ? refuse(invalidRequest, "method is missing") : { message: response, dropped }
  }
  if (typeof method !== "string" || method.length > maxNameLength) {
    return refuse(invalidRequest, `method must be text of at most ${maxNameLength} characters`)
  }
  const params = normalizeParams(method, fields["params"])
  if (typeof params === "string") return refuse(invalidParams, params)
  dropped.push(...params.dropped)
  const call = { jsonrpc: "2.0" as const, method, ...(params.fields === undefined ? {} : { params: params.fields }) }
  if (fields["id"] === undefined) {
    return method.startsWith("notifications/")
      ? { message: call, dropped }
      : refuse(invalidRequest, "a request without an id is not served")
  }
  const request = { ...call, id: fields["id"] }
  return isJSONRPCRequest(request) && id !== undefined
    ? { message: request, dropped }
    : refuse(invalidRequest, `id must be text of at most ${maxNameLength} characters, or a safe integer`)
}

const refusal = (
  id: string | undefined,
  code: number,
  message: string,
  dropped: ReadonlyArray<string> = []
): Normalized => ({ refusal: { id: id ?? noId, code, message }, dropped })

const known: ReadonlySet<string> = new Set(["jsonrpc", "id", "method", "params", "result", "error"])

/** A response without a usable result becomes an empty one: what waits for it continues. */
const normalizeResponse = ({ id, result, error }: Fields): JSONRPCMessage | undefined => {
  if (typeof id !== "string" && typeof id !== "number") return undefined
  if (error === undefined) return { jsonrpc: "2.0", id, result: isFields(result) ? result : {} }
  const { code, message }: Fields = isFields(error) ? error : { message: error }
  return {
    jsonrpc: "2.0",
    id,
    error: {
      code: Number.isSafeInteger(code) ? Number(code) : invalidRequest,
      message: typeof message === "string" ? message : "unspecified"
    }
  }
}

const normalizeParams = (
  method: string,
  params: unknown
): string | { readonly fields: Fields | undefined; readonly dropped: ReadonlyArray<string> } => {
  if (params === undefined || (Array.isArray(params) && params.length === 0)) return { fields: undefined, dropped: [] }
  if (!isFields(params)) return "params must be an object"
  const { _meta: meta, ...own } = params
  if (meta !== undefined && !isFields(meta)) return "params._meta must be an object"
  const long = tooLong(own) ?? tooLong(meta ?? {})
  if (long !== undefined) return `${long} may have at most ${maxNameLength} characters`
  if (method === "tools/call" && own["arguments"] !== undefined && !isFields(own["arguments"])) {
    return "params.arguments must be an object"
  }
  if (meta === undefined) return { fields: own, dropped: [] }
  const { progressToken, ...rest } = meta
  if (progressToken === undefined || typeof progressToken === "string" || Number.isSafeInteger(progressToken)) {
    return { fields: params, dropped: [] }
  }
  return {
    fields: { ...own, _meta: rest },
    dropped: [`the progressToken of ${method}, which is neither text nor an integer`]
  }
}

/** Protocol fields that errors and notifications repeat. */
const repeated: ReadonlyArray<string> = [
  "name",
  "uri",
  "protocolVersion",
  "taskId",
  "requestId",
  "level",
  "progressToken",
  "io.modelcontextprotocol/protocolVersion"
]

const tooLong = (fields: Fields): string | undefined =>
  repeated.find((name) => {
    const value = fields[name]
    return typeof value === "string" && value.length > maxNameLength
  })

/** The same without fields that are null; the arguments of a tool stay as they are. */
const cleaned = (message: Fields): Fields => {
  const { params, ...rest } = message
  if (message["method"] !== "tools/call" || !isFields(params)) return withoutNulls(message)
  const { arguments: args, ...own } = params
  return {
    ...withoutNulls(rest),
    params: { ...withoutNulls(own), ...(args === null || args === undefined ? {} : { arguments: args }) }
  }
}

const withoutNulls = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, nestedWithoutNulls(value)]]))
  )

const nestedWithoutNulls = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(nestedWithoutNulls) : isFields(value) ? withoutNulls(value) : value

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const kindOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`

const nameOf = (method: unknown): string => (typeof method === "string" ? method.slice(0, 100) : "message")

const listOf = (names: ReadonlyArray<string>): string => {
  const shown = names.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 100)))
  return names.length > 5 ? `${shown.join(", ")} and ${names.length - 5} more fields` : shown.join(", ")
}
