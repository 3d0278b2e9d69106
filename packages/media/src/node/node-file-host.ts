import { Effect, Layer } from "effect"
import { FileHost, type Sha256 } from "../files/file-host.ts"
import { freeBytes } from "./free-bytes.ts"
import { locateFolder, openFile } from "./open-file.ts"
import { openFolder } from "./open-folder.ts"
import { hasEnded, processName } from "./process-name.ts"
import { type Proxies, proxiesFromConfig } from "./proxies.ts"

// Modules that only downloads need are loaded with the first download, to keep startup fast.
const make = (proxies?: Proxies) =>
  FileHost.of({
    connect: (policy) =>
      Effect.flatMap(
        Effect.promise(() => import("./guarded-client.ts")),
        ({ guardedClient }) => guardedClient(policy, undefined, proxies)
      ),
    sha256: Effect.map(
      Effect.promise(() => import("node:crypto")),
      ({ createHash }): Sha256 => {
        const hash = createHash("sha256")
        return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("hex") }
      }
    ),
    freeBytes,
    openFolder: (root, below) => openFolder(root, below),
    openFile: (path) => openFile(path),
    locateFolder: (folder) => locateFolder(folder),
    process: processName,
    hasEnded,
    frameDecoder: Effect.flatMap(
      Effect.promise(() => import("./ffmpeg.ts")),
      ({ findFfmpeg }) => findFfmpeg(process.env["PATH"] ?? "")
    )
  })

/** `FileHost` for Node. */
export const nodeFileHost: Layer.Layer<FileHost> = Layer.sync(FileHost, () => make())

/** The same, fetching through the proxies that the environment names. */
export const nodeFileHostBehindProxies: Layer.Layer<FileHost> = Layer.effect(
  FileHost,
  Effect.map(
    Effect.orElseSucceed(proxiesFromConfig, () => undefined),
    make
  )
)
