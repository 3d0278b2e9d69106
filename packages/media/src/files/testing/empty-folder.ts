import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { Effect, FileSystem, Layer, Path, Result } from "effect"
import { fileReply, type FileServer, fileServer, sampleVideo } from "../../testing/file-server.ts"
import { inVirtualTime } from "../../testing/virtual-time.ts"
import type { FetchFailure } from "../fetch-failure.ts"
import type { FileExists } from "../file-exists.ts"
import { FileHost } from "../file-host.ts"
import { type ResultToSave, saveResult } from "../save-result.ts"

export const node = Layer.merge(NodeFileSystem.layer, NodePath.layer)
export const video = sampleVideo(50_000)
export const serving = (bytes: Uint8Array) => fileServer((request) => fileReply(bytes, request))

const policy = { klingIsLocal: false, privateHosts: [] }

export const saveVideo = (
  root: string,
  { fileName, ...more }: Partial<ResultToSave> & { readonly fileName?: string }
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const host = yield* FileHost
      return yield* saveResult({
        handle: "kk-t2v-1",
        index: 0,
        url: "https://files.example/video",
        type: "video",
        http: yield* host.connect(policy),
        policy,
        root,
        folders: [],
        nameFor: (extension) => fileName ?? `kk-t2v-1.${extension}`,
        recorded: [],
        overwrite: false,
        sidecarFor: () => "{}",
        onProgress: () => Effect.void,
        ...more
      })
    })
  )

/** An empty folder, and functions to save results in it and inspect it. */
export const emptyFolder = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* fs.makeTempDirectoryScoped()
  const save = (server: FileServer, more: Partial<ResultToSave> & { readonly fileName?: string } = {}) =>
    inVirtualTime(saveVideo(folder, more)).pipe(Effect.provide(server.layer))
  return {
    folder,
    save,
    // Without sidecars of complete files.
    names: Effect.map(fs.readDirectory(folder), (names) =>
      names.toSorted().filter((name) => !names.includes(name.replace(/\.json$/, "")) || !name.endsWith(".json"))
    ),
    bytes: (name: string) => Effect.map(fs.readFile(path.join(folder, name)), (bytes) => Uint8Array.from(bytes)),
    put: (name: string, text: string) => fs.writeFileString(path.join(folder, name), text)
  }
})

export const errorOf = <E extends FetchFailure | FileExists>(result: Result.Result<unknown, E>): E => {
  if (Result.isSuccess(result)) throw new Error("it succeeded")
  return result.failure
}
