import { Context, Data, type Effect, type Scope } from "effect"
import type { HttpClient } from "effect/http"
import { type DenyReason, type FetchPolicy, denyTexts } from "./fetch-policy.ts"

/** What fetching and saving files needs from the platform beyond Effect's own services. Node's is in `@klingkit/media/node`. */
export class FileHost extends Context.Service<
  FileHost,
  {
    /**
     * An HTTP client for files. It connects only to addresses that the policy allows, and to the very address that was
     * checked; otherwise it fails with a `DeniedAddress` as the cause. It follows no redirects and sends no credentials.
     */
    readonly connect: (policy: FetchPolicy) => Effect.Effect<HttpClient.HttpClient, never, Scope.Scope>
    /** A new incremental digest. */
    readonly sha256: Effect.Effect<Sha256>
    /** Free space for a folder, existing or not; undefined if it cannot be determined. */
    readonly freeBytes: (folder: string) => Effect.Effect<number | undefined>
    /**
     * Opens a folder to save in, creating it if absent. Symbolic links are followed in `root`, which the user chose, and
     * denied in the folders `below` it.
     */
    readonly openFolder: (
      root: string,
      below: ReadonlyArray<string>
    ) => Effect.Effect<OpenFolder, FolderDenied, Scope.Scope>
    /** Opens a file to read; a symbolic link at its very end is denied. */
    readonly openFile: (path: string) => Effect.Effect<OpenFile, FileUnreadable, Scope.Scope>
    /** Where a folder is, as `openFile` says it of the files in it. */
    readonly locateFolder: (folder: string) => Effect.Effect<string, FileUnreadable>
    /** Names this process, as no other one on any machine is named. */
    readonly process: Effect.Effect<string>
    /**
     * Whether a process has ended and this machine has run on since, so that all it wrote is there. False if that cannot be
     * known.
     */
    readonly hasEnded: (process: string) => Effect.Effect<boolean>
    /** What decodes videos on this machine, if there is anything: undefined or absent where there is nothing. */
    readonly frameDecoder?: Effect.Effect<FrameDecoder | undefined>
  }
>()("@klingkit/media/FileHost") {}

/** Decodes the video file at a path, which lies in a folder of its own. */
export interface FrameDecoder {
  /** A frame as a JPEG of its full size. */
  readonly frame: (path: string, which: "first" | "last") => Effect.Effect<Uint8Array, NotDecoded>
  /** Small JPEGs of frames at even distances; fewer where the video has fewer. */
  readonly keyFrames: (path: string, wanted: KeyFrames) => Effect.Effect<ReadonlyArray<Uint8Array>, NotDecoded>
}

/** Which frames of a video are wanted: so many, each so long after the one before, the first at 0. */
export interface KeyFrames {
  readonly count: number
  readonly everySeconds: number
  /** No side of a frame is longer, in pixels. */
  readonly maxSide: number
}

/** A video that cannot be decoded; the detail is the decoder's own. */
export class NotDecoded extends Data.TaggedError("NotDecoded")<{ readonly detail: string }> {}

/** A folder that stays the one that was opened, even if another one replaces it at its path. */
export interface OpenFolder {
  /** The path of a file in it, for system calls only. */
  readonly pathOf: (name: string) => string
  /** Fails if another folder has replaced it; call it before the first byte and after the last. */
  readonly assertUnchanged: Effect.Effect<void, FolderDenied>
  /** Flushes the directory entries to disk, where the system supports it. */
  readonly sync: Effect.Effect<void>
}

/** A regular file that is open for reading. All of it is said of the open file, whatever is at its path by now. */
export interface OpenFile {
  /** Where the file is, symbolic links resolved. */
  readonly realPath: string
  readonly sizeBytes: number
  /** Reads into the buffer from a position on; returns how many bytes, 0 at the end. */
  readonly read: (buffer: Uint8Array, position: number) => Effect.Effect<number, FileUnreadable>
}

/** An input that cannot be opened or read, or is not a regular file. */
export class FileUnreadable extends Data.TaggedError("FileUnreadable")<{
  readonly path: string
  readonly cause: unknown
}> {}

/** A folder that cannot be opened or is no longer the one that was opened. */
export class FolderDenied extends Data.TaggedError("FolderDenied")<{
  readonly folder: string
  readonly detail: string
}> {}

export interface Sha256 {
  update(bytes: Uint8Array): void
  /** In hex; ends the digest. */
  digest(): string
}

/** The fetch policy denies a URL, or an address that a host name resolves to. The message continues "its URL ...". */
export class DeniedAddress extends Data.TaggedError("DeniedAddress")<{ readonly reason: DenyReason }> {
  override get message(): string {
    return denyTexts[this.reason]
  }
}
