import type { AnyOperation, KlingError, Params, ValueType } from "@klingkit/core"
import { Effect, type FileSystem, type Path, Predicate, Stream } from "effect"
import type { FileHost } from "../files/file-host.ts"
import type { FileDenied } from "./file-denied.ts"
import { readMediaInput } from "./media-input.ts"
import type { MediaConfig, MediaSource } from "./media-source.ts"

type Fields = Readonly<Record<string, unknown>>
type Read<A> = Effect.Effect<A, KlingError | FileDenied, FileHost | FileSystem.FileSystem | Path.Path>

/**
 * Reads all images, videos and audio in an operation's input into what Kling accepts, each checked against its own
 * parameter. Other values stay unchanged, even invalid ones: they are reported when the whole input is validated.
 */
export const readOperationMedia = (operation: AnyOperation, input: Fields, config: MediaConfig): Read<Fields> =>
  readFields(operation.params, input, "", config)

const readFields = Effect.fnUntraced(function* (
  params: Params,
  fields: Fields,
  prefix: string,
  config: MediaConfig
): Effect.fn.Return<Fields, KlingError | FileDenied, FileHost | FileSystem.FileSystem | Path.Path> {
  const entries = yield* Effect.forEach(Object.entries(fields), ([name, value]) => {
    const param = Object.hasOwn(params, name) ? params[name] : undefined
    return param === undefined
      ? Effect.succeed([name, value] as const)
      : Effect.map(readValue(param.type, value, prefix + name, config), (read) => [name, read] as const)
  })
  return Object.fromEntries(entries)
})

function readValue(type: ValueType, value: unknown, field: string, config: MediaConfig): Read<unknown> {
  if (type.kind === "media" && isSource(value)) return readMediaInput(field, type.rule, value, config)
  if (type.kind === "array" && Array.isArray(value)) {
    return Effect.forEach(value, (one, index) => readValue(type.of, one, `${field}[${index}]`, config))
  }
  if (type.kind === "object" && Predicate.isObject(value) && !Array.isArray(value)) {
    return readFields(type.fields, value, `${field}.`, config)
  }
  return Effect.succeed(value)
}

const isSource = (value: unknown): value is MediaSource =>
  Predicate.isString(value) ||
  value instanceof Uint8Array ||
  (Predicate.isObject(value) && (Symbol.asyncIterator in value || Stream.isStream(value)))
