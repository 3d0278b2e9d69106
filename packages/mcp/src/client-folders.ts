import type { McpServer, StandardSchemaV1 } from "@modelcontextprotocol/server"
import { Effect } from "effect"

/** A host that asks its user first, or never answers, must not delay the call. */
const timeoutMillis = 5000

/** The result of `roots/list`, read root by root: the SDK rejects all of them for one that is not valid. */
const roots: StandardSchemaV1<unknown, ReadonlyArray<string>> = {
  "~standard": {
    version: 1,
    vendor: "klingkit",
    validate: (result) => {
      const list = (result as { readonly roots?: unknown }).roots
      return {
        value: (Array.isArray(list) ? list : []).flatMap((root: { readonly uri?: unknown } | null) =>
          typeof root?.uri === "string" ? [root.uri] : []
        )
      }
    }
  }
}

/**
 * The folders that a client shares with its servers (`roots`, in revisions up to 2025-11-25), as file URLs. They refer to
 * the client's machine: only a server that the client started there may trust them.
 */
export const clientFolders = (server: McpServer): Effect.Effect<ReadonlyArray<string>> =>
  server.server.getClientCapabilities()?.roots === undefined
    ? Effect.succeed([])
    : Effect.tryPromise((signal) =>
        server.server.request({ method: "roots/list", params: {} }, roots, { signal, timeout: timeoutMillis })
      ).pipe(
        // Newer revisions have no such request; the configured folders suffice.
        Effect.orElseSucceed(() => [])
      )
