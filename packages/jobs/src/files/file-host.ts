import { Context, type Effect, type Scope } from "effect"
import type { HttpClient } from "effect/http"
import type { Reach } from "./reach.ts"

/** What fetching and saving files asks of the machine beyond Effect's own services. `@klingkit/jobs/node` is Node's. */
export class FileHost extends Context.Service<
  FileHost,
  {
    /**
     * A client for files. It connects only to addresses that may be reached, and to the very address that was checked;
     * its failure is then caused by a `RefusedAddress`. It follows no redirect and carries no credential.
     */
    readonly connect: (reach: Reach) => Effect.Effect<HttpClient.HttpClient, never, Scope.Scope>
    /** A new digest, for bytes as they come. */
    readonly sha256: Effect.Effect<Sha256>
    /** How much may still be written to a folder, or to where it would be made; nothing when the system does not tell. */
    readonly freeBytes: (folder: string) => Effect.Effect<number | undefined>
    /**
     * Opens a folder to save in, made where it is absent: `root` as whoever named it means it, links and all; below it
     * the folders `below`, where a link is refused.
     */
    readonly openFolder: (
      root: string,
      below: ReadonlyArray<string>
    ) => Effect.Effect<OpenFolder, FolderRefused, Scope.Scope>
  }
>()("@klingkit/jobs/FileHost") {}

/** A folder that stays the one that was opened, whatever is put in its place meanwhile. */
export interface OpenFolder {
  /** The way to a file in it, for the system's calls only. */
  readonly at: (name: string) => string
  /** Fails when another folder lies in its place now; to be asked before the first byte and after the last. */
  readonly check: Effect.Effect<void, FolderRefused>
  /** Makes the names in it safe from a power cut, where the system can. */
  readonly sync: Effect.Effect<void>
}

export interface FolderRefused {
  readonly _tag: "FolderRefused"
  readonly folder: string
  readonly detail: string
}

export interface Sha256 {
  update(bytes: Uint8Array): void
  /** In hex; nothing can be added afterwards. */
  digest(): string
}

/** A name leads, or a URL points, to where nothing is fetched from; said of "its URL". */
export class RefusedAddress extends Error {
  override readonly name = "RefusedAddress"
}
