import { Context, Data, type Effect, type PlatformError, type Stream } from "effect"

/** A store of media that others than this machine can read: objects under keys, each with links that end by themselves. */
export interface MediaStore {
  /** The origin of all its links: `https://media.example`. */
  readonly origin: string
  /** How the ledger names an object: `s3://bucket/key`. */
  readonly pathOf: (key: string) => string
  /** The key of the object that a link is for; nothing for other URLs. */
  readonly keyOf: (link: string) => string | undefined
  /** What lies under a key; nothing where there is no object. */
  readonly find: (key: string) => Effect.Effect<StoredObject | undefined, StoreFailure>
  /** Stores an object whole or not at all, in place of what lay under its key. */
  readonly put: (key: string, object: ObjectToStore) => Effect.Effect<void, StoreFailure>
  /** A link by which anyone who has it can read an object. A browser saves it under `fileName`, where that is given. */
  readonly link: (key: string, fileName?: string) => Effect.Effect<StoredLink>
}

export interface StoredObject {
  readonly bytes: number
  readonly mimeType: string
  /** In hex, as it was stored; absent where something else has stored it. */
  readonly sha256?: string
}

export interface ObjectToStore extends Required<StoredObject> {
  /** May be read several times. */
  readonly content: Stream.Stream<Uint8Array, PlatformError.PlatformError>
}

export interface StoredLink {
  readonly url: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** The store did not do what it was asked for. The detail has no keys. */
export class StoreFailure extends Data.TaggedError("StoreFailure")<{ readonly detail: string }> {}

/** The media store of this program; without one, results are saved on its disk. */
export const MediaStore = Context.Reference<MediaStore | undefined>("@klingkit/media/MediaStore", {
  defaultValue: () => undefined
})
