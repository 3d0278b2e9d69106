import type { AnyOperation } from "../operation.ts"

/** The path, query and body of a request; a GET sends its parameters in the query. */
export interface RequestTarget {
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** A path parameter: `/v1/videos/text2video/{task_id}`. */
const pathParameter = /\{(\w+)\}/g

/** The target of a request body; path parameters are taken from the body. */
export const requestTarget = (
  operation: Pick<AnyOperation, "method" | "path">,
  body: Readonly<Record<string, unknown>>
): RequestTarget => {
  const path = operation.path.replaceAll(pathParameter, (_, key: string) => encodeURIComponent(String(body[key])))
  if (operation.method !== "GET") return { path, body }
  const rest = Object.entries(body).filter(([key]) => !operation.path.includes(`{${key}}`))
  return { path, query: Object.fromEntries(rest.map(([key, value]) => [key, String(value)])) }
}
