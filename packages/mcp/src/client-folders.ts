import type { McpServer } from "@modelcontextprotocol/server"
import { Effect } from "effect"

/** A host that asks its user first, or never answers, must not delay the call. */
const timeoutMillis = 5000

/**
 * The folders that a client shares with its servers (`roots`, in revisions up to 2025-11-25), as file URLs. They refer to
 * the client's machine: only a server that the client started there may trust them.
 */
export const clientFolders = (server: McpServer): Effect.Effect<ReadonlyArray<string>> =>
  server.server.getClientCapabilities()?.roots === undefined
    ? Effect.succeed([])
    : Effect.tryPromise((signal) => server.server.listRoots({}, { signal, timeout: timeoutMillis })).pipe(
        Effect.map(({ roots }) => roots.map(({ uri }) => uri)),
        // Newer revisions have no such request; the configured folders suffice.
        Effect.orElseSucceed(() => [])
      )
