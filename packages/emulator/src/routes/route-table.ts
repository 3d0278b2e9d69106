import { type AnyOperation, catalog } from "@klingkit/core"

/** The operation of a request. `get` and `list` are the derived reads of a legacy create. */
export interface Route {
  readonly operation: AnyOperation
  readonly part: "self" | "get" | "list"
  /** The last segment of `get`: a task id or an external id. */
  readonly id?: string
}

/** The id for the request log and for targeting faults: `legacy.text2video.get`. */
export const operationName = ({ operation, part }: Route): string =>
  part === "self" ? operation.id : `${operation.id}.${part}`

const hasPathReads = (operation: AnyOperation): boolean =>
  operation.kind === "create" && operation.listed && operation.generation === "legacy"

const table = new Map<string, Route>()
for (const operation of catalog) {
  if (hasPathReads(operation)) table.set(`GET ${operation.path}`, { operation, part: "list" })
}
for (const operation of catalog) table.set(`${operation.method} ${operation.path}`, { operation, part: "self" })

/** The routes follow from the catalog's paths: nothing is registered by hand. */
export const findRoute = (method: string, path: string): Route | undefined => {
  const found = table.get(`${method} ${path}`)
  if (found !== undefined || method !== "GET") return found
  const slash = path.lastIndexOf("/")
  const operation = table.get(`POST ${path.slice(0, slash)}`)?.operation
  const id = decode(path.slice(slash + 1))
  return operation !== undefined && hasPathReads(operation) && id !== "" ? { operation, part: "get", id } : undefined
}

/** The path exists, though perhaps with another method. */
export const isKnownPath = (path: string): boolean => ["GET", "POST"].some((method) => findRoute(method, path))

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
