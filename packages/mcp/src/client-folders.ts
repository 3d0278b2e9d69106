import type { McpServer } from "@modelcontextprotocol/server"
import { Effect } from "effect"

/** A host that asks a person about it, or never answers, is not waited for. */
const patienceMillis = 5000

/**
 * The folders that a client opens to its servers (`roots`, in revisions up to 2025-11-25), as file URLs. They speak of the
 * client's machine: only a server that the client itself has started there may believe them.
 */
export const clientFolders = (server: McpServer): Effect.Effect<ReadonlyArray<string>> =>
  server.server.getClientCapabilities()?.roots === undefined
    ? Effect.succeed([])
    : Effect.tryPromise((signal) => server.server.listRoots({}, { signal, timeout: patienceMillis })).pipe(
        Effect.map(({ roots }) => roots.map(({ uri }) => uri)),
        // Newer revisions have no such question; the configured folders are enough.
        Effect.orElseSucceed(() => [])
      )
