export { backgroundFailure } from "./background-failure.ts"
export { buildServer, type ServerOptions, type Services } from "./build-server.ts"
export { selectedTools } from "./selected-tools.ts"
export { makeServices, servicesFromConfig } from "./services.ts"
