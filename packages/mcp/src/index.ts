export { SignedState } from "./approval/signed-state.ts"
export { backgroundFailure, wireFailure } from "./background-failure.ts"
export { buildServer, type ServerOptions, type Services } from "./build-server.ts"
export { CallerServices } from "./caller-services.ts"
export { resultLinks } from "./result-links.ts"
export { selectedTools } from "./selected-tools.ts"
export {
  type Caller,
  type Disk,
  type HostingOptions,
  localCaller,
  makeServices,
  servicesFromConfig
} from "./services.ts"
export { settingsHelp } from "./settings-help.ts"
export { FrameCollector, LineReader } from "./wire/line-reader.ts"
export { maxBodyBytes, maxLineBytes } from "./wire/limits.ts"
export { type Inbound, readMessages } from "./wire/read-messages.ts"
export { internalError, noId, parseError, type Refusal, refusalJson, serverError } from "./wire/refusal.ts"
