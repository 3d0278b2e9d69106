export { controlWorld } from "./control/control-world.ts"
export { type Fault, FaultPlan } from "./faults/fault-plan.ts"
export { emulatorHttpClient } from "./emulator-http-client.ts"
export type { RenderMedia } from "./routes/files.ts"
export type { KlingAnswer, KlingRequest } from "./routes/request.ts"
export {
  type Emulator,
  EmulatorError,
  type EmulatorOptions,
  runEmulator,
  type RunningEmulator,
  startEmulator
} from "./server/emulator.ts"
export type { Keys } from "./world/keys.ts"
export { KlingWorld, type KlingWorldOptions } from "./world/kling-world.ts"
export type { LedgerCharge } from "./world/ledger.ts"
export type { LoggedRequest } from "./world/request-log.ts"
