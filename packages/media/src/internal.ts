export { checkDiskSpace } from "./files/disk-space.ts"
export type { FetchFailure } from "./files/fetch-failure.ts"
export { fetchImages } from "./files/fetch-to-memory.ts"
export type { FileExists } from "./files/file-exists.ts"
export { folderProblem, isMadeUpBySystem } from "./files/folder-problem.ts"
export { nameProblem } from "./files/name-problem.ts"
export { saveResults } from "./files/save-results.ts"
export { inlineSeconds } from "./formats/probe-media.ts"
export { isFilePath } from "./inputs/media-source.ts"
export { FileRefused, type FileFacts, inspectFile, maxFileBytes } from "./inputs/inspect-file.ts"
export { fileProblems } from "./inputs/file-problems.ts"
export { expandHome, FoundFile } from "./inputs/local-file.ts"
export { previewImages } from "./preview/preview-images.ts"
export { readSaved, type SavedCopy } from "./files/saved-copy.ts"
export { contactSheet } from "./frames/contact-sheet.ts"
export { NoFrame, requireDecoder, type VideoToDecode } from "./frames/local-video.ts"
export { videoFrame } from "./frames/video-frame.ts"
export {
  MediaStore,
  type ObjectToStore,
  type StoredLink,
  type StoredObject,
  StoreFailure
} from "./store/media-store.ts"
export { type ResultLink, type ResultStore, resultsOnDisk } from "./store/result-store.ts"
export { resultsInStore } from "./store/results-in-store.ts"
