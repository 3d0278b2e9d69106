import { NodeServices } from "@effect/platform-node"
import { type EmulatorOptions, startEmulator } from "@klingkit/emulator"
import { Effect, FileSystem } from "effect"

export interface Charge {
  readonly taskId: string
  readonly externalTaskId?: string
  readonly operation: string
  readonly units: number
}

interface Request {
  readonly method: string
  readonly path: string
}

/** An emulator whose tasks finish at once, with an account's environment in its own folder. Ends with the scope. */
export const emulatedKling = (options: EmulatorOptions = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const home = yield* fs.makeTempDirectoryScoped({ prefix: "klingkit-cli-" })
    const { url, apiKey, accessKey, secretKey } = yield* startEmulator({ speed: 1e6, seed: 1, ...options })
    const read = (route: string) =>
      Effect.promise(() => fetch(`${url}/_emulator/${route}`).then((response) => response.json() as Promise<unknown>))
    const baseEnv = {
      KLINGAI_BASE_URL: url,
      KLINGKIT_HOME: `${home}/ledger`,
      KLINGKIT_OUTPUT_DIR: `${home}/out`,
      HOME: home
    }
    const rotate = () => fetch(`${url}/_emulator/rotate-key`, { method: "POST" }).then((response) => response.json())
    return {
      home,
      env: { ...baseEnv, KLINGAI_API_KEY: apiKey },
      keyPairEnv: { ...baseEnv, KLINGAI_ACCESS_KEY: accessKey, KLINGAI_SECRET_KEY: secretKey },
      /** Another API key of the account. */
      rotateKey: Effect.map(Effect.promise(rotate), (answer) => (answer as { readonly apiKey: string }).apiKey),
      charges: Effect.map(read("ledger"), (ledger) => (ledger as { charges: ReadonlyArray<Charge> }).charges),
      /** Requests to Kling's API, without those to the control plane. */
      requests: Effect.map(read("requests"), (log) => (log as { requests: ReadonlyArray<Request> }).requests)
    }
  }).pipe(Effect.provide(NodeServices.layer))
