export { FileDenied } from "./inputs/file-denied.ts"
export { CallerFolders, type MediaFolders } from "./inputs/local-file.ts"
export { readMediaInput } from "./inputs/media-input.ts"
export type { MediaConfig, MediaSource } from "./inputs/media-source.ts"
export { type MediaReaders, readMediaWith, readOperationMedia } from "./inputs/operation-media.ts"
export { type MediaFacts, probeMedia } from "./formats/probe-media.ts"
export {
  DeniedAddress,
  FileHost,
  FileUnreadable,
  FolderDenied,
  type FrameDecoder,
  type KeyFrames,
  NotDecoded,
  type OpenFile,
  type OpenFolder,
  type Sha256
} from "./files/file-host.ts"
export { denyAddress, type DenyReason, denyUrl, type FetchPolicy } from "./files/fetch-policy.ts"
export type { FetchProgress } from "./files/fetch-to-file.ts"
export { safeFileName } from "./files/file-name.ts"
export { checkDestinations, type Destination, type DestinationProblem } from "./files/check-destinations.ts"
export { fillTemplate, type NameFacts, namePlaceholders } from "./files/name-template.ts"
export type { SavedFile } from "./files/save-result.ts"
export type { Preview } from "./preview/draw-preview.ts"
