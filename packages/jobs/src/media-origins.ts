import type { MediaOrigin } from "@klingkit/core"
import type { Fields, OriginOf, PlanContext } from "@klingkit/core/requests"
import type { MediaConfig } from "@klingkit/media"
import { findLocalFile } from "@klingkit/media/internal"
import { Effect, type FileSystem, Option, type Path, Predicate, Result } from "effect"
import { Base64 } from "effect/encoding"
import { sha256Hex } from "./ledger/fingerprint.ts"

type Files = FileSystem.FileSystem | Path.Path

/** Where the media of one request came from, as planning reads them. */
export interface MediaOrigins {
  /** The same context; what it reads is noted. */
  readonly watch: <E>(context: PlanContext<E>) => PlanContext<E>
  /** Notes what was read for each value of an input. */
  readonly note: (given: unknown, read: unknown) => Effect.Effect<void>
  readonly originOf: OriginOf
}

/** No path or id is longer; base64 of any image is. */
const longestName = 400
/** A signed URL may be long. */
const longestUrl = 4000

const isUrl = (value: string): boolean => /^https?:/i.test(value)
const isContent = (value: string): boolean => /^data:/i.test(value) || (!isUrl(value) && value.length > longestName)

export const mediaOrigins = Effect.fnUntraced(function* (
  config: MediaConfig
): Effect.fn.Return<MediaOrigins, never, Files> {
  const services = yield* Effect.context<Files>()
  const noted = new Map<string, MediaOrigin>()

  const noteOne = Effect.fnUntraced(function* (given: string, read: string) {
    const bytes = isUrl(read) ? undefined : Result.getOrUndefined(Base64.decode(read))
    if (bytes === undefined) return
    const source = given.trim()
    const content = { sha256: yield* sha256Hex(bytes), bytes: bytes.length }
    if (isContent(source)) return void noted.set(source, content)
    // The path as it is from any folder.
    const file = yield* Effect.option(findLocalFile("", source, config))
    const path = Option.getOrUndefined(Option.flatten(file))?.realPath
    noted.set(source, { source: path ?? source, ...content })
  }, Effect.provideContext(services))

  const note = (given: unknown, read: unknown): Effect.Effect<void> => {
    if (Predicate.isString(given) && Predicate.isString(read)) {
      return given !== read || isContent(given) ? noteOne(given, read) : Effect.void
    }
    if (!Predicate.isObject(given) || !Predicate.isObject(read)) return Effect.void
    const values = Object.entries(given).map(([name, one]) => note(one, (read as Fields)[name]))
    return Effect.all(values, { discard: true })
  }

  return {
    watch: (context) => ({
      ...context,
      image: (field, source) => Effect.tap(context.image(field, source), (read) => noteOne(source, read)),
      media: (operation, input) => Effect.tap(context.media(operation, input), (read) => note(input, read))
    }),
    note,
    originOf: (value) => (Predicate.isString(value) ? noted.get(value.trim()) : undefined) ?? givenOrigin(value)
  }
})

/** Where a value came from, as far as it tells by itself: its content has not been read. */
export const givenOrigin: OriginOf = (value) => {
  if (!Predicate.isString(value)) return value instanceof Uint8Array ? { bytes: value.length } : {}
  const source = value.trim()
  return isContent(source) || source.length > longestUrl ? {} : { source }
}
