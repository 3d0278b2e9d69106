export { freeBytes } from "./free-bytes.ts"
export { nodeFileHost, nodeFileHostBehindProxies } from "./node-file-host.ts"
export { useProxies } from "./proxies.ts"
