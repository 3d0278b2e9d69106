export { ffmpegFolder } from "./ffmpeg-folder.ts"
export { bodyOf, fileReply, type FileServer, fileServer, sampleVideo } from "./file-server.ts"
export { makeRealMedia, type RealMedia } from "./real-media.ts"
export { inVirtualTime } from "./virtual-time.ts"
