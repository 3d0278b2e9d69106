export { freeBytes } from "./free-bytes.ts"
export { nodeFileHost } from "./node-file-host.ts"
