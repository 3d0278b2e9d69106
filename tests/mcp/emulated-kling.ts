import { type EmulatorOptions, runEmulator } from "@klingkit/emulator"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

interface Charge {
  readonly externalTaskId: string
  readonly units: number
  readonly usd: number
}

/** A fresh emulated Kling, and the environment variables for programs that use it. */
export const freshKling = async (options: Pick<EmulatorOptions, "speed"> = {}) => {
  const emulator = await runEmulator({ seed: 7, ...options })
  const home = mkdtempSync(join(tmpdir(), "klingkit-scenario-"))
  const outputDir = join(home, "videos")
  const control = async (route: string, body?: unknown): Promise<unknown> => {
    const [method = "GET", name = ""] = route.split(" ")
    const response = await fetch(`${emulator.url}/_emulator/${name}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    return response.json()
  }
  return {
    url: emulator.url,
    webhookSecret: emulator.webhookSecret,
    home,
    outputDir,
    env: {
      HOME: home,
      KLINGKIT_HOME: join(home, "klingkit"),
      KLINGAI_API_KEY: emulator.apiKey,
      KLINGAI_BASE_URL: emulator.url,
      KLINGKIT_OUTPUT_DIR: outputDir
    },
    /** The same account's key pair, in place of its API key. */
    keyPair: {
      KLINGAI_API_KEY: "",
      KLINGAI_ACCESS_KEY: emulator.accessKey,
      KLINGAI_SECRET_KEY: emulator.secretKey
    },
    injectFault: (fault: Readonly<Record<string, unknown>>) => control("POST faults", { faults: [fault] }),
    /** How many images it makes at a time. */
    setSlots: (concurrency: number) => control("POST faults", { packs: { image: { concurrency } } }),
    clearFaults: () => control("DELETE faults"),
    advance: (seconds: number) => control("POST advance", { seconds }),
    /** Completes every task. */
    finishTasks: () => control("POST advance", { seconds: 3600 }),
    ledger: () =>
      control("GET ledger") as Promise<{
        readonly charges: ReadonlyArray<Charge>
        readonly tasks: ReadonlyArray<{ readonly externalTaskId: string; readonly status: string }>
      }>,
    /** The rows of klingkit's own ledger, oldest first. */
    rows: () => {
      const database = new DatabaseSync(join(home, "klingkit", "ledger.db"), { readOnly: true })
      try {
        return database.prepare("SELECT handle, state, task_id FROM klingkit_jobs ORDER BY created_at").all()
      } finally {
        database.close()
      }
    },
    requests: async () =>
      (
        (await control("GET requests")) as {
          readonly requests: ReadonlyArray<{ readonly method: string; readonly path: string }>
        }
      ).requests,
    /** Replaces ids, URLs and times by placeholders, so that runs can be compared. */
    normalize: (text: string): string =>
      text
        .replaceAll(outputDir, "<folder>")
        .replaceAll(emulator.url, "<kling>")
        .replaceAll(/kk-(\w+)-[0-9a-z]{26}/g, "<$1 handle>")
        .replaceAll(/\b\d{18}\b/g, "<kling id>")
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
        .replaceAll(/(?<=- Size: )\d+|(?<="bytes": )\d+/g, "<size>"),
    close: async () => {
      await emulator.close()
      rmSync(home, { recursive: true, force: true })
    }
  }
}
