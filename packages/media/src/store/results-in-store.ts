import { Effect, FileSystem, Path, Result, Stream } from "effect"
import { type FetchFailure, failure } from "../files/fetch-failure.ts"
import { FileHost } from "../files/file-host.ts"
import { possibleNames, type ResultToSave, type SavedFile, saveResult } from "../files/save-result.ts"
import { saveResults } from "../files/save-results.ts"
import { type MediaStore, StoreFailure } from "./media-store.ts"
import type { ResultStore } from "./result-store.ts"

/**
 * The results of a caller in a media store, below a folder of its own and named by their tasks; a file name is that of their
 * links. A result lies on the disk only on its way, until it is whole, checked and stored: should the store not take it, it waits
 * there for the next call.
 */
export const resultsInStore = (store: MediaStore, folder: string): ResultStore => {
  const keyOf = (name: string) => `${folder}/${name}`
  const below = store.pathOf(keyOf(""))

  return {
    save: ({ fileName, onSaved, ...results }) => {
      const linked = Effect.fnUntraced(function* (name: string, facts: Facts) {
        const link = yield* store.link(keyOf(name), fileName)
        return { ...facts, path: store.pathOf(keyOf(name)), uri: link.url, link } satisfies SavedFile
      })
      /** What the ledger records of this result, if the store still has it as it was recorded. */
      const kept = Effect.fnUntraced(function* (result: ResultToSave) {
        for (const name of possibleNames(result)) {
          const sha256 = result.recorded.find(({ path }) => path === store.pathOf(keyOf(name)))?.sha256
          if (sha256 === undefined) continue
          const found = yield* Effect.mapError(store.find(keyOf(name)), notReached)
          if (found?.sha256 !== sha256) continue
          const { bytes, mimeType } = found
          return yield* linked(name, { url: result.url, bytes, mimeType, sha256, isKept: true })
        }
        return undefined
      })
      return saveResults(
        { ...results, nameTemplate: undefined, overwrite: true, onSaved: () => Effect.void },
        Effect.fnUntraced(function* (result) {
          const before = yield* kept(result)
          if (before !== undefined) return before
          const fs = yield* FileSystem.FileSystem
          const { path: onDisk, url, bytes, sha256, mimeType } = yield* saveResult(result)
          const name = (yield* Path.Path).basename(onDisk)
          yield* Effect.mapError(putWhole(store, keyOf(name), { bytes, sha256, mimeType }, fs.stream(onDisk)), notTaken)
          const saved = yield* linked(name, { url, bytes, sha256, mimeType })
          yield* Effect.ignore(putText(store, keyOf(`${name}.json`), result.sidecarFor(saved)))
          // Recorded before it leaves the disk: should this program die in between, nothing is fetched twice.
          yield* onSaved(saved)
          for (const path of [onDisk, `${onDisk}.json`]) yield* Effect.ignore(fs.remove(path))
          return saved
        })
      )
    },
    referenceOf: (link) => {
      const key = store.keyOf(link)
      const result = key?.startsWith(keyOf("")) === true ? resultNamed(key.slice(keyOf("").length)) : undefined
      return result === undefined ? undefined : `${result.handle}#${result.index + 1}`
    },
    linkTo: (path) => {
      const name = path.startsWith(below) ? path.slice(below.length) : ""
      const result = resultNamed(name)
      return result === undefined
        ? Effect.succeed(undefined)
        : Effect.map(store.link(keyOf(name)), (link) => ({ ...link, index: result.index }))
    }
  }
}

/** Which file of which task has a name: `kk-img-...-2.png`. A single one has no number. */
const resultNamed = (name: string): { readonly handle: string; readonly index: number } | undefined => {
  const [, handle, number = "1"] = /^(kk-[a-z0-9]+-[a-z0-9]+)(?:-(\d+))?\.\w+$/.exec(name) ?? []
  return handle === undefined ? undefined : { handle, index: Number(number) - 1 }
}

type Facts = Omit<SavedFile, "path" | "uri" | "link">
type Content = Parameters<MediaStore["put"]>[1]

/** Stores what is not there yet, and reads back that it is whole. */
const putWhole = Effect.fnUntraced(function* (
  store: MediaStore,
  key: string,
  facts: Omit<Content, "content">,
  content: Content["content"]
) {
  const isThere = Effect.map(store.find(key), (found) => found?.sha256 === facts.sha256 && found.bytes === facts.bytes)
  if (yield* isThere) return
  const put = yield* Effect.result(store.put(key, { ...facts, content }))
  if (yield* isThere) return
  // Where the put has failed, another download of the same result may still have stored it, and taken it from the disk.
  return yield* Result.isFailure(put) ? put.failure : new StoreFailure({ detail: "what it has is not what was stored" })
})

const putText = Effect.fnUntraced(function* (store: MediaStore, key: string, text: string) {
  const content = new TextEncoder().encode(text)
  const sha256 = yield* FileHost.use((host) => host.sha256)
  sha256.update(content)
  const facts = { bytes: content.length, sha256: sha256.digest(), mimeType: "application/json" }
  yield* store.put(key, { ...facts, content: Stream.make(content) })
})

const notReached = ({ detail }: StoreFailure): FetchFailure =>
  failure(`the media store does not answer: ${detail}`, true)

const notTaken = ({ detail }: StoreFailure): FetchFailure =>
  failure(`the media store does not take it: ${detail}; it waits on the server for the next download`, true)
