import type { AnyOperation } from "../operation.ts"

/** Where a request goes and what it carries; a GET has its parameters in the query. */
export interface RequestTarget {
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** A parameter that stands in the path: `/v1/videos/text2video/{task_id}`. */
const inPath = /\{(\w+)\}/g

/** Addresses a body under Kling's names: what stands in the path is filled in there. */
export const requestTarget = (
  operation: Pick<AnyOperation, "method" | "path">,
  body: Readonly<Record<string, unknown>>
): RequestTarget => {
  const path = operation.path.replaceAll(inPath, (_, key: string) => encodeURIComponent(String(body[key])))
  if (operation.method !== "GET") return { path, body }
  const rest = Object.entries(body).filter(([key]) => !operation.path.includes(`{${key}}`))
  return { path, query: Object.fromEntries(rest.map(([key, value]) => [key, String(value)])) }
}
