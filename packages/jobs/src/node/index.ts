export { nodeFileHost, nodeFileHostBehindProxies, useProxies } from "@klingkit/media/node"
