export { nodeFileHost } from "@klingkit/media/node"
