import ffmpeg from "@ffmpeg-installer/ffmpeg"
import { dirname } from "node:path"

/** Where a real ffmpeg is, which is installed for tests only: a search path for `findFfmpeg`. */
export const ffmpegFolder: string = dirname(ffmpeg.path)
