import { FileHost, type LedgerSource } from "@klingkit/jobs"
import {
  callerFolder,
  lazyLedger,
  Ledger,
  MediaStore,
  sha256Hex,
  type UploadedFile,
  uploadIdOf,
  type UploadLinkState,
  uploadMinutes,
  type Uploads
} from "@klingkit/jobs/internal"
import { Clock, Context, Effect, Exit, FileSystem, Layer, Path, Redacted, type Stream } from "effect"
import { CallLimits } from "../call-limits.ts"
import { randomToken } from "../random-token.ts"
import { type HostingSettings, missingForUploads } from "../settings.ts"
import { receiveFile } from "./receive-file.ts"
import { refused, type UploadRefused } from "./upload-refused.ts"

/** Links to upload by are below this path. */
export const uploadPath = "/uploads"

/** What callers upload from their own machines, into the media store, by links that are good for one file each. */
export class FileUploads extends Context.Service<
  FileUploads,
  {
    /** `missingForUploads` of this server. */
    readonly missing: ReadonlyArray<string>
    of(principal: string): Uploads
    /** Fails if nothing can be uploaded by this link: it is unknown, used or expired. */
    requireOpen(token: string): Effect.Effect<void, UploadRefused>
    /** Takes the file of a link. If it is refused, the link stays open. */
    receive(
      token: string,
      body: Stream.Stream<Uint8Array, UploadRefused>
    ): Effect.Effect<{ readonly id: string; readonly file: UploadedFile }, UploadRefused>
  }
>()("@klingkit/hosting/FileUploads") {
  static readonly layer = (
    settings: HostingSettings
  ): Layer.Layer<FileUploads, never, CallLimits | LedgerSource | FileHost | FileSystem.FileSystem | Path.Path> =>
    Layer.effect(FileUploads, make(settings)).pipe(Layer.provide(lazyLedger))
}

const make = Effect.fnUntraced(function* (settings: HostingSettings) {
  const { uploads: rows } = yield* Ledger
  const store = yield* MediaStore
  const limits = yield* CallLimits
  const disk = Context.pick(
    FileHost,
    FileSystem.FileSystem,
    Path.Path
  )(yield* Effect.context<FileHost | FileSystem.FileSystem | Path.Path>())
  const keyOf = (principal: string, { sha256, format }: UploadedFile) =>
    Effect.map(callerFolder(principal), (folder) => `${folder}/uploads/${sha256}.${format}`)

  const save = Effect.fnUntraced(function* (
    principal: string,
    hash: string,
    body: Stream.Stream<Uint8Array, UploadRefused>
  ) {
    if (store === undefined) return yield* notHere
    yield* Effect.mapError(limits.admit(principal), ({ message }) => refused(429, message))
    const { path, ...file } = yield* receiveFile(body)
    const id = uploadIdOf(file.sha256)
    const key = yield* keyOf(principal, file)
    const content = (yield* FileSystem.FileSystem).stream(path)
    yield* Effect.mapError(store.put(key, { ...file, content }), ({ detail }) =>
      refused(503, `the media store does not take the file: ${detail}; send it again later`)
    )
    yield* Effect.mapError(rows.store(hash, id, file), ({ message }) => refused(503, message))
    return { id, file }
  }, Effect.scoped)

  return FileUploads.of({
    missing: missingForUploads(settings, store !== undefined),
    of: (principal) => ({
      find: Effect.fnUntraced(function* (id) {
        const file = yield* rows.find(principal, id)
        if (store === undefined || file === undefined) return undefined
        const key = yield* keyOf(principal, file)
        // A lifecycle rule of the bucket may have deleted it.
        if ((yield* store.find(key))?.sha256 !== file.sha256) return undefined
        return { file, url: (yield* store.link(key)).url }
      }),
      newLink: Effect.gen(function* () {
        const token = yield* randomToken
        const expiresAt = (yield* Clock.currentTimeMillis) + uploadMinutes * 60_000
        yield* rows.addLink({ hash: yield* sha256Hex(token), principal, expiresAt })
        return { url: Redacted.make(`${settings.publicOrigin}${uploadPath}/${token}`), expiresAt }
      })
    }),
    requireOpen: Effect.fnUntraced(function* (token) {
      const { state } = yield* Effect.mapError(rows.readLink(yield* sha256Hex(token)), unavailable)
      if (state !== "open") return yield* closed[state]
    }),
    receive: Effect.fnUntraced(function* (token, body) {
      const hash = yield* sha256Hex(token)
      return yield* Effect.acquireUseRelease(
        Effect.mapError(rows.claimLink(hash), unavailable),
        (claimed) =>
          claimed.state === "open" ? save(claimed.principal, hash, body) : Effect.fail(closed[claimed.state]),
        (claimed, exit) =>
          claimed.state === "open" && Exit.isFailure(exit) ? Effect.ignore(rows.reopenLink(hash)) : Effect.void
      ).pipe(Effect.provideContext(disk))
    })
  })
})

const unavailable = ({ message }: { readonly message: string }): UploadRefused => refused(503, message)

const notHere = refused(404, "this server keeps no files")

const another = "ask for another one where you got it"

/** None says whose a link was. */
const closed: Readonly<Record<Exclude<UploadLinkState["state"], "open">, UploadRefused>> = {
  unknown: refused(404, `there is no such link; ${another}`),
  used: refused(410, `this link was used, and is good for one file; ${another}`),
  expired: refused(410, `this link has ended; ${another}`)
}
