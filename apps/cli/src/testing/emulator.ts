import { NodeServices } from "@effect/platform-node"
import { type EmulatorOptions, startEmulator } from "@klingkit/emulator"
import { Effect, FileSystem } from "effect"

export interface Charge {
  readonly taskId: string
  readonly externalTaskId?: string
  readonly operation: string
  readonly units: number
}

/** An emulator whose tasks end at once, with an account's environment in a folder of its own. Ends with the scope. */
export const emulatedKling = (options: EmulatorOptions = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const home = yield* fs.makeTempDirectoryScoped({ prefix: "klingkit-cli-" })
    const { url, apiKey, accessKey, secretKey } = yield* startEmulator({ speed: 1e6, seed: 1, ...options })
    const read = (what: string) =>
      Effect.promise(() => fetch(`${url}/_emulator/${what}`).then((response) => response.json() as Promise<unknown>))
    const place = {
      KLINGAI_BASE_URL: url,
      KLINGKIT_HOME: `${home}/ledger`,
      KLINGKIT_OUTPUT_DIR: `${home}/out`,
      HOME: home
    }
    return {
      home,
      env: { ...place, KLINGAI_API_KEY: apiKey },
      keyPairEnv: { ...place, KLINGAI_ACCESS_KEY: accessKey, KLINGAI_SECRET_KEY: secretKey },
      charges: Effect.map(read("ledger"), (ledger) => (ledger as { charges: ReadonlyArray<Charge> }).charges),
      /** Kling's own requests: what was asked of the control plane is not among them. */
      requests: Effect.map(read("requests"), (log) => (log as { requests: ReadonlyArray<unknown> }).requests)
    }
  }).pipe(Effect.provide(NodeServices.layer))
