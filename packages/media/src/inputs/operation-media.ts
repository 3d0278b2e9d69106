import type { AnyOperation, KlingError, MediaRule, Params, ValueType } from "@klingkit/core"
import { Effect, type FileSystem, type Path, Predicate, Stream } from "effect"
import type { FileHost } from "../files/file-host.ts"
import type { FileDenied } from "./file-denied.ts"
import { readMediaInput } from "./media-input.ts"
import type { MediaConfig, MediaSource } from "./media-source.ts"

type Fields = Readonly<Record<string, unknown>>
type Read<A> = Effect.Effect<A, KlingError | FileDenied, FileHost | FileSystem.FileSystem | Path.Path>

/** How the values that stand for media are read; `field` is the path of the value. */
export interface MediaReaders<E, R> {
  media(field: string, rule: MediaRule, source: MediaSource): Effect.Effect<string, E, R>
  /** The id of an earlier result; as it is when absent. */
  resultId?(field: string, type: ResultWithId, id: string): Effect.Effect<string, E, R>
}

/** What has an id of its own beside its task's. */
export type ResultWithId = "video" | "audio" | "element" | "voice"

/**
 * Reads all images, videos and audio in an operation's input into what Kling accepts, each checked against its own
 * parameter. Other values stay unchanged, even invalid ones: they are reported when the whole input is validated.
 */
export const readOperationMedia = (operation: AnyOperation, input: Fields, config: MediaConfig): Read<Fields> =>
  readMediaWith(operation, input, { media: (field, rule, source) => readMediaInput(field, rule, source, config) })

/** The same with readers of one's own. */
export const readMediaWith = <E, R>(
  operation: AnyOperation,
  input: Fields,
  readers: MediaReaders<E, R>
): Effect.Effect<Fields, E, R> => readFields(operation.params, input, "", readers)

const readFields = <E, R>(
  params: Params,
  fields: Fields,
  prefix: string,
  readers: MediaReaders<E, R>
): Effect.Effect<Fields, E, R> =>
  Effect.forEach(Object.entries(fields), ([name, value]) => {
    const param = Object.hasOwn(params, name) ? params[name] : undefined
    return param === undefined
      ? Effect.succeed([name, value] as const)
      : Effect.map(readValue(param.type, value, prefix + name, readers), (read) => [name, read] as const)
  }).pipe(Effect.map(Object.fromEntries<unknown>))

function readValue<E, R>(
  type: ValueType,
  value: unknown,
  field: string,
  readers: MediaReaders<E, R>
): Effect.Effect<unknown, E, R> {
  if (type.kind === "media" && isSource(value)) return readers.media(field, type.rule, value)
  if ((type.kind === "id" || type.kind === "string") && type.resultOf !== undefined && Predicate.isString(value)) {
    return readers.resultId?.(field, type.resultOf, value) ?? Effect.succeed(value)
  }
  if (type.kind === "array" && Array.isArray(value)) {
    return Effect.forEach(value, (one, index) => readValue(type.of, one, `${field}[${index}]`, readers))
  }
  if (type.kind === "object" && Predicate.isObject(value) && !Array.isArray(value)) {
    return readFields(type.fields, value, `${field}.`, readers)
  }
  return Effect.succeed(value)
}

const isSource = (value: unknown): value is MediaSource =>
  Predicate.isString(value) ||
  value instanceof Uint8Array ||
  (Predicate.isObject(value) && (Symbol.asyncIterator in value || Stream.isStream(value)))
