import { Schema } from "effect"

/** Where an image, video or audio of a request came from. Without a source it was given as content, which is not kept. */
export const MediaOrigin = Schema.Struct({
  /** A URL, an absolute path, or a reference to what a task has made. */
  source: Schema.optionalKey(Schema.String),
  /** Of content that was read, in hex: a file that has changed since is not the same. */
  sha256: Schema.optionalKey(Schema.String),
  bytes: Schema.optionalKey(Schema.Int)
})
export type MediaOrigin = typeof MediaOrigin.Type

/**
 * What is kept of a request, so that it can be shown and made again: its input in its own words, without the content of files.
 * In `input` each of these is `{ $media: MediaOrigin }`.
 */
export const StoredRequest = Schema.Struct({
  /** The id of its declaration; absent where an operation was called by itself. */
  request: Schema.optionalKey(Schema.String),
  /** What was given. */
  input: Schema.Record(Schema.String, Schema.Unknown),
  /** What was filled in, under the same names. */
  defaults: Schema.Record(Schema.String, Schema.Unknown)
})
export type StoredRequest = typeof StoredRequest.Type
