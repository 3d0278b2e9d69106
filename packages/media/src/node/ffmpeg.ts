import { sanitizeText } from "@klingkit/core/internal"
import { Effect, Predicate } from "effect"
import { execFile } from "node:child_process"
import { constants } from "node:fs"
import { access, readFile, rm } from "node:fs/promises"
import { delimiter, isAbsolute, join } from "node:path"
import { promisify } from "node:util"
import { type FrameDecoder, NotDecoded } from "../files/file-host.ts"

/** A frame of the longest video that Kling makes takes a second or two. */
const timeout = "60 seconds"

const program = process.platform === "win32" ? "ffmpeg.exe" : "ffmpeg"

/** The system's ffmpeg as a decoder, if a folder of `searchPath` (as `PATH`) has it. Relative folders do not count. */
export const findFfmpeg = (searchPath: string): Effect.Effect<FrameDecoder | undefined> =>
  Effect.promise(async () => {
    for (const folder of searchPath.split(delimiter).filter(isAbsolute)) {
      const path = join(folder, program)
      const isThere = await access(path, constants.X_OK).then(
        () => true,
        () => false
      )
      if (isThere) return decoderOf(path)
    }
    return undefined
  })

/** Where to begin: the last frame is the last that is decoded of the last seconds, or of all if they hold none. */
const attempts = { first: [[]], last: [["-sseof", "-3"], []] } as const

const decoderOf =
  (ffmpeg: string): FrameDecoder =>
  (video, which) =>
    Effect.tryPromise({
      try: async (signal) => {
        for (const start of attempts[which]) {
          const frame = await decode(ffmpeg, video, { which, start, signal })
          if (frame !== undefined) return frame
        }
        throw new Error("it has no frame")
      },
      catch: (error) => new NotDecoded({ detail: sanitizeText(reasonOf(error), 300) })
    }).pipe(
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () => Effect.fail(new NotDecoded({ detail: `ffmpeg has not answered within ${timeout}` }))
      })
    )

/** The first line of what ffmpeg says; its own command line tells a user nothing. */
const reasonOf = (error: unknown): string => {
  const said = Predicate.hasProperty(error, "stderr") ? String(error.stderr).trim() : ""
  return said === "" ? (error instanceof Error ? error.message : "ffmpeg failed") : (said.split("\n")[0] ?? said)
}

/** How ffmpeg is asked for a frame. */
interface FrameRequest {
  readonly which: "first" | "last"
  readonly start: ReadonlyArray<string>
  readonly signal: AbortSignal
}

/** The video is a stranger's: it is read as an MP4 and nothing else, and can name no other file or address. */
const decode = async (
  ffmpeg: string,
  video: string,
  { which, start, signal }: FrameRequest
): Promise<Uint8Array | undefined> => {
  const frame = `${video}.${which}.jpg`
  const input = ["-protocol_whitelist", "file", "-f", "mov", ...start, "-i", `file:${video}`]
  // Each frame overwrites the one before.
  const output = ["-map", "0:v:0", ...(which === "first" ? ["-frames:v", "1"] : []), "-update", "1", "-q:v", "2"]
  try {
    await promisify(execFile)(
      ffmpeg,
      ["-nostdin", "-v", "error", ...input, ...output, "-f", "image2", "-y", `file:${frame}`],
      { signal, windowsHide: true }
    )
    return await readFile(frame)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  } finally {
    await rm(frame, { force: true })
  }
}
