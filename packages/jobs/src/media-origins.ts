import type { MediaOrigin } from "@klingkit/core"
import type { Fields, OriginOf, PlanContext } from "@klingkit/core/requests"
import { FoundFile } from "@klingkit/media/internal"
import { Effect, Predicate, Result } from "effect"
import { Base64 } from "effect/encoding"
import { sha256Hex } from "./ledger/fingerprint.ts"

/** Where the media of one request came from, as planning reads them. */
export interface MediaOrigins {
  /** The same context; what it reads is noted. */
  readonly watch: <E>(context: PlanContext<E>) => PlanContext<E>
  readonly originOf: OriginOf
}

/** No path or id is longer; base64 of any image is. */
const longestName = 400
/** A signed URL may be long. */
const longestUrl = 4000

const isUrl = (value: string): boolean => /^https?:/i.test(value)
const isContent = (value: string): boolean => /^data:/i.test(value) || (!isUrl(value) && value.length > longestName)

/** `nameOf` names the result of an earlier task that a value which was read is. */
export const mediaOrigins = (nameOf: (read: string) => string | undefined): MediaOrigins => {
  const noted = new Map<string, MediaOrigin>()
  /** The path of a file as it is from any folder. */
  const paths = new Map<string, string>()

  const noteContent = Effect.fnUntraced(function* (source: string, read: string) {
    const bytes = isUrl(read) ? undefined : Result.getOrUndefined(Base64.decode(read))
    if (bytes === undefined) return
    const content = { sha256: yield* sha256Hex(bytes), bytes: bytes.length }
    noted.set(source, isContent(source) ? content : { source: paths.get(source) ?? source, ...content })
  })

  const noteOne = (given: string, read: string): Effect.Effect<void> => {
    const source = given.trim()
    const name = nameOf(read)
    if (name === undefined) return given !== read || isContent(given) ? noteContent(source, read) : Effect.void
    // A reference is made again as it was given; a link, which may be another one by then, under the name of its result.
    return Effect.sync(() => void noted.set(source, { source: isUrl(source) || isContent(source) ? name : source }))
  }

  const note = (given: unknown, read: unknown): Effect.Effect<void> => {
    if (Predicate.isString(given) && Predicate.isString(read)) return noteOne(given, read)
    if (!Predicate.isObject(given) || !Predicate.isObject(read)) return Effect.void
    const values = Object.entries(given).map(([name, one]) => note(one, (read as Fields)[name]))
    return Effect.all(values, { discard: true })
  }

  const noting = <A, E, R>(reading: Effect.Effect<A, E, R>, given: unknown): Effect.Effect<A, E, R> =>
    reading.pipe(
      Effect.provideService(FoundFile, (value, realPath) => Effect.sync(() => void paths.set(value, realPath))),
      Effect.tap((read) => note(given, read))
    )

  return {
    watch: (context) => ({
      ...context,
      image: (field, source) => noting(context.image(field, source), source),
      media: (operation, input) => noting(context.media(operation, input), input),
      video: (field, source) => Effect.tap(context.video(field, source), ({ url }) => note(source, url))
    }),
    originOf: (value) => (Predicate.isString(value) ? noted.get(value.trim()) : undefined) ?? givenOrigin(value)
  }
}

/** Where a value came from, as far as it tells by itself: its content has not been read. */
export const givenOrigin: OriginOf = (value) => {
  if (!Predicate.isString(value)) return value instanceof Uint8Array ? { bytes: value.length } : {}
  const source = value.trim()
  return isContent(source) || source.length > longestUrl ? {} : { source }
}
