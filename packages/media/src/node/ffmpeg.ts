import { sanitizeText } from "@klingkit/core/internal"
import { Effect, Predicate, Semaphore } from "effect"
import { execFile } from "node:child_process"
import { constants } from "node:fs"
import { access, mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { basename, delimiter, dirname, isAbsolute, join } from "node:path"
import { promisify } from "node:util"
import { type FrameDecoder, type KeyFrames, NotDecoded } from "../files/file-host.ts"

/** A frame of the longest video that Kling makes takes a second or two. */
const timeout = "60 seconds"

/** More than any video of Kling: a frame that claims more is not decoded. */
const maxPixels = 16_000_000

/** Videos that this process decodes at once: each takes a processor, and memory for several of its frames. */
const decoding = Semaphore.makeUnsafe(2)

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

const decoderOf = (ffmpeg: string): FrameDecoder => ({
  frame: (video, which) =>
    bounded(async (signal) => {
      for (const start of attempts[which]) {
        const frame = await decodeFrame(ffmpeg, video, { which, start, signal })
        if (frame !== undefined) return frame
      }
      throw new Error(noFrame)
    }),
  keyFrames: (video, wanted) => bounded((signal) => decodeKeyFrames(ffmpeg, video, wanted, signal))
})

const noFrame = "it has no frame"

const bounded = <A>(work: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, NotDecoded> =>
  Effect.tryPromise({
    try: work,
    catch: (error) => new NotDecoded({ detail: sanitizeText(reasonOf(error), 300) })
  }).pipe(
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () => Effect.fail(new NotDecoded({ detail: `ffmpeg has not answered within ${timeout}` }))
    }),
    decoding.withPermits(1)
  )

/** The first line of what ffmpeg says; its own command line tells a user nothing. */
const reasonOf = (error: unknown): string => {
  const said = Predicate.hasProperty(error, "stderr") ? String(error.stderr).trim() : ""
  return said === "" ? (error instanceof Error ? error.message : "ffmpeg failed") : (said.split("\n")[0] ?? said)
}

interface FfmpegRun {
  readonly video: string
  /** Before the video is opened. */
  readonly start?: ReadonlyArray<string>
  readonly output: ReadonlyArray<string>
  /** JPEGs in the folder of the video. */
  readonly to: string
  readonly signal: AbortSignal
}

/** The video is a stranger's: it is read as an MP4 and nothing else, and can name no other file or address. */
const runFfmpeg = (ffmpeg: string, { video, start = [], output, to, signal }: FfmpegRun) => {
  const limits = ["-max_pixels", String(maxPixels), "-threads", "2"]
  const input = ["-protocol_whitelist", "file", "-f", "mov", ...limits, ...start, "-i", `file:${basename(video)}`]
  return promisify(execFile)(
    ffmpeg,
    ["-nostdin", "-v", "error", ...input, "-map", "0:v:0", ...output, "-f", "image2", "-y", `file:${to}`],
    { cwd: dirname(video), signal, windowsHide: true }
  )
}

/** How ffmpeg is asked for a frame. */
interface FrameRequest {
  readonly which: "first" | "last"
  readonly start: ReadonlyArray<string>
  readonly signal: AbortSignal
}

const decodeFrame = async (
  ffmpeg: string,
  video: string,
  { which, start, signal }: FrameRequest
): Promise<Uint8Array | undefined> => {
  const to = `${basename(video)}.${which}.jpg`
  const frame = join(dirname(video), to)
  // Each frame overwrites the one before.
  const output = [...(which === "first" ? ["-frames:v", "1"] : []), "-update", "1", "-q:v", "2"]
  try {
    await runFfmpeg(ffmpeg, { video, start, output, to, signal })
    return await readFile(frame)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  } finally {
    await rm(frame, { force: true })
  }
}

const decodeKeyFrames = async (
  ffmpeg: string,
  video: string,
  { count, everySeconds, maxSide }: KeyFrames,
  signal: AbortSignal
): Promise<ReadonlyArray<Uint8Array>> => {
  const filters = [
    "setpts=PTS-STARTPTS",
    `select='gte(t,${everySeconds}*selected_n)'`,
    // In a row from here on: the image writer would repeat frames to fill gaps.
    "setpts=N/FRAME_RATE/TB",
    `scale='min(${maxSide},iw)':'min(${maxSide},ih)':force_original_aspect_ratio=decrease`
  ]
  const output = ["-vf", filters.join(","), "-frames:v", String(count), "-q:v", "3"]
  const folder = await mkdtemp(join(dirname(video), "frames-"))
  try {
    await runFfmpeg(ffmpeg, { video, output, to: `${basename(folder)}/%02d.jpg`, signal })
    const names = (await readdir(folder)).toSorted()
    if (names.length === 0) throw new Error(noFrame)
    return await Promise.all(names.map((name) => readFile(join(folder, name))))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
