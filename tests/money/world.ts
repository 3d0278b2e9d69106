import { runEmulator } from "@klingkit/emulator"
import { temporaryFolder } from "../cli/testing/built-klingkit.ts"
import type { Ending } from "./endings.ts"
import type { Home } from "./faces.ts"

/** What Kling has, and what it has charged. */
export interface KlingLedger {
  readonly tasks: ReadonlyArray<{ readonly externalTaskId: string }>
  readonly charges: ReadonlyArray<{ readonly units: number }>
}

/** A Kling, and a home whose programs use it. */
export interface World extends AsyncDisposable {
  readonly home: Home
  readonly ledger: () => Promise<KlingLedger>
  /** Resolves once Kling has so many tasks; it has no notification, so it is polled. */
  readonly hasTasks: (count: number) => Promise<void>
  /** How many requests Kling has had under a path. */
  readonly requests: (path: string) => Promise<number>
  readonly hasRequests: (path: string, count: number) => Promise<void>
}

export const worldOf = async ({ speed, faults }: Pick<Ending, "speed" | "faults">): Promise<World> => {
  const emulator = await runEmulator({ speed, faults, seed: 1 })
  const folder = temporaryFolder()
  const env = { KLINGAI_BASE_URL: emulator.url, KLINGAI_API_KEY: emulator.apiKey, KLINGKIT_HOME: `${folder}/ledger` }
  const control = async (route: string) => (await fetch(`${emulator.url}/_emulator/${route}`)).json()
  const ledger = async () => (await control("ledger")) as KlingLedger
  const requests = async (path: string) => {
    const seen = (await control("requests")) as { readonly requests: ReadonlyArray<{ readonly path: string }> }
    return seen.requests.filter((one) => one.path.startsWith(path)).length
  }
  return {
    home: { env: { ...env, KLINGKIT_OUTPUT_DIR: folder }, folder },
    ledger,
    hasTasks: async (count) => {
      while ((await ledger()).tasks.length < count);
    },
    requests,
    hasRequests: async (path, count) => {
      while ((await requests(path)) < count);
    },
    [Symbol.asyncDispose]: () => emulator.close()
  }
}

/**
 * What is wrong about what was said of money, compared with what Kling has now: no where it has a task, accepted or charged; yes
 * where it has charged nothing. Nothing where only a state was reported.
 */
export const lieOf = (said: string | undefined, { tasks, charges }: KlingLedger, all: string): string | undefined => {
  const isDenied = said === "no" && tasks.length > 0
  const isInvented = said !== undefined && said !== "no" && said !== "maybe" && charges.length === 0
  return isDenied || isInvented ? `${tasks.length} tasks, ${charges.length} charges, but: ${all}` : undefined
}
