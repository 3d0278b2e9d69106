import type { StoreFailure } from "@klingkit/media/internal"
import type { Effect, Redacted } from "effect"
import type { LedgerError } from "./ledger/ledger-error.ts"
import type { UploadedFile } from "./ledger/uploads.ts"

/** Files of a caller who works on another machine: they come by links that are good for one file each. */
export interface Uploads<E = LedgerError> {
  /** What the caller has uploaded under this id, with a link to it of now; nothing where there is no such file, or no longer. */
  readonly find: (
    id: string
  ) => Effect.Effect<{ readonly file: UploadedFile; readonly url: string } | undefined, E | StoreFailure>
  /** A new link to upload by. */
  readonly newLink: Effect.Effect<UploadLink, E>
}

export interface UploadLink {
  /** Anyone who has it can upload one file for the caller. */
  readonly url: Redacted.Redacted
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** For how long a link to upload by is open. */
export const uploadMinutes = 15

/** What an id of an uploaded file looks like; it is made of its digest, so that the same content has the same id. */
export const isUploadId = (given: string): boolean => given.startsWith(idPrefix)

export const uploadIdOf = (sha256: string): string => `${idPrefix}${sha256.slice(0, 32)}`

const idPrefix = "upload:"
