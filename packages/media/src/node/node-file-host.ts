import { Effect, Layer } from "effect"
import { FileHost, type Sha256 } from "../files/file-host.ts"
import { freeBytes } from "./free-bytes.ts"
import { openFolder } from "./open-folder.ts"

/** `FileHost` for Node. Modules that only downloads need are loaded with the first download, to keep startup fast. */
export const nodeFileHost: Layer.Layer<FileHost> = Layer.succeed(FileHost, {
  connect: (policy) =>
    Effect.flatMap(
      Effect.promise(() => import("./guarded-client.ts")),
      ({ guardedClient }) => guardedClient(policy)
    ),
  sha256: Effect.map(
    Effect.promise(() => import("node:crypto")),
    ({ createHash }): Sha256 => {
      const hash = createHash("sha256")
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("hex") }
    }
  ),
  freeBytes,
  openFolder: (root, below) => openFolder(root, below)
})
