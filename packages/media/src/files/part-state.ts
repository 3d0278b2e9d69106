import { Effect, type FileSystem, type PlatformError, Schema } from "effect"
import { FileHost, type OpenFolder } from "./file-host.ts"
import { FileVersion } from "./file-version.ts"

/** Which result of its task a partial file is. Links change, so the part that may be signed is left out. */
export const ResultPart = Schema.Struct({ index: Schema.Number, link: Schema.String })
export type ResultPart = typeof ResultPart.Type

/** What lies beside a partial file, so that another program can continue it. */
export const PartState = Schema.Struct({
  ...ResultPart.fields,
  version: FileVersion,
  /** The process that writes the file. */
  process: Schema.String,
  /** It was left in order, with so many bytes on the disk. */
  leftBytes: Schema.optionalKey(Schema.Number)
})
export type PartState = typeof PartState.Type

const Stored = Schema.fromJsonString(PartState)
const decode = Schema.decodeUnknownEffect(Stored)
const maxBytes = 64 * 1024

export const stateName = (part: string): string => `${part}.state`

export const writeState = Effect.fnUntraced(function* (
  file: FileSystem.File,
  state: PartState
): Effect.fn.Return<void, PlatformError.PlatformError> {
  yield* file.truncate(0)
  yield* file.seek(0n, "start")
  yield* file.writeAll(new TextEncoder().encode(Schema.encodeSync(Stored)(state)))
})

/** The state of a partial file; undefined if there is none that can be read. */
export const readState = (folder: OpenFolder, part: string): Effect.Effect<PartState | undefined, never, FileHost> =>
  Effect.gen(function* () {
    const host = yield* FileHost
    const file = yield* host.openFile(folder.pathOf(stateName(part)))
    const buffer = new Uint8Array(maxBytes)
    const count = yield* file.read(buffer, 0)
    return yield* decode(new TextDecoder().decode(buffer.subarray(0, count)))
  }).pipe(
    Effect.scoped,
    Effect.orElseSucceed(() => undefined)
  )

/** The address of a result without its query and fragment. */
export const linkOf = (url: string): string => (URL.canParse(url) ? url.replace(/[?#].*$/s, "") : "")
