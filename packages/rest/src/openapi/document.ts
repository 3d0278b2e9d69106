import type { Tool } from "@klingkit/tools"
import { problemSchema } from "../problem.ts"
import type { RestRoute } from "../rest-route.ts"
import { uploadsPath, uploadsPathItem } from "../uploads.ts"
import { operationObject, resultName } from "./operation-object.ts"

/** What the document says of the server. */
export interface DocumentFacts {
  readonly version: string
  /** The origin that clients see; without it, paths are of the server that the document comes from. */
  readonly publicOrigin?: string
  /** It takes files that callers upload. */
  readonly takesUploads?: boolean
  /** Callers have to sign in. */
  readonly signIn: boolean
}

const about = `Make videos, images and audio with Kling AI. The calls are the tools of the MCP server, under the same names: where
an answer says what to do next, it names the operationId.

- A paid call answers with a \`task_id\` (202). Wait for it in short calls, then download the files.
- The same request is the same task until ten minutes after its end, and costs once. With \`Idempotency-Key\` it is for good.
- \`take: 2\` asks for another one of the same request, \`variants\` for several at once.
- Every problem is \`application/problem+json\` and says whether anything was charged, and what to do.`

/** The OpenAPI 3.1 document of these routes. */
export const openApiDocument = (
  routes: ReadonlyArray<RestRoute>,
  { version, publicOrigin, signIn, takesUploads = false }: DocumentFacts
): object => {
  const uploads = takesUploads ? { [uploadsPath]: uploadsPathItem(signIn) } : {}
  const tools = [...new Set(routes.map(({ tool }) => tool))]
  return {
    openapi: "3.1.1",
    info: {
      title: "klingkit",
      version,
      summary: "Kling AI over HTTP",
      description: about,
      license: { name: "MIT", identifier: "MIT" }
    },
    servers: [{ url: publicOrigin ?? "/" }],
    tags: [...new Set([...routes.map(({ path }) => path), ...Object.keys(uploads)].map(tagOf))].map((name) => ({
      name
    })),
    paths: { ...pathsOf(routes, signIn), ...uploads },
    components: {
      schemas: { problem: problemSchema, ...Object.fromEntries(tools.map(resultEntry)) },
      responses: { problem: problemResponse },
      parameters: { idempotencyKey },
      securitySchemes: {
        ...(signIn
          ? {
              bearer: {
                type: "http",
                scheme: "bearer",
                description: "An access key of this server, or an access token of its issuer"
              }
            }
          : {}),
        klingKey: {
          type: "apiKey",
          in: "header",
          name: "x-kling-api-key",
          description: "The caller's own Kling key: it pays, and is not stored"
        }
      }
    }
  }
}

/** `tasks` for `/v1/tasks/{task_id}`. */
const tagOf = (path: string): string => path.split("/")[2] ?? ""

const pathsOf = (routes: ReadonlyArray<RestRoute>, signIn: boolean) => {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const operation = { tags: [tagOf(route.path)], ...operationObject(route, signIn) }
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation }
  }
  return paths
}

const resultEntry = (tool: Tool) => [resultName(tool), tool.outputSchema] as const

const problemResponse = {
  description: "Not served: what happened, whether anything was charged, what to do next",
  headers: {
    "Retry-After": { description: "Seconds, where it is known", schema: { type: "integer" } },
    "WWW-Authenticate": { description: "With 401 and 403: where to sign in, or the scope", schema: { type: "string" } }
  },
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/problem" } } }
}

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  description: "The same key is the same task, and pays once; with another request it is refused",
  schema: { type: "string", minLength: 1, maxLength: 1000 }
}
