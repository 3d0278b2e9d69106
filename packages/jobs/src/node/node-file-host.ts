import { Effect, Layer } from "effect"
import { FileHost, type Sha256 } from "../files/file-host.ts"
import { freeBytes } from "./free-bytes.ts"
import { openFolder } from "./open-folder.ts"

/** Node's half of fetching files. What only a download needs is loaded with the first one: every program starts without it. */
export const nodeFileHost: Layer.Layer<FileHost> = Layer.succeed(FileHost, {
  connect: (reach) =>
    Effect.flatMap(
      Effect.promise(() => import("./guarded-client.ts")),
      ({ guardedClient }) => guardedClient(reach)
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
