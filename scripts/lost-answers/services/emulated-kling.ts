import { type Fault, runEmulator } from "@klingkit/emulator"
import type { CaseId } from "../cases.ts"
import type { Service } from "./service.ts"

const faults: Readonly<Record<CaseId, Fault>> = {
  "lost-once": { fault: "commit-then-drop" },
  "lost-always": { fault: "commit-then-drop", count: "always" },
  "page-502": { fault: "commit-then-502" },
  "no-balance": { fault: "refuse", code: 1102, count: "always" },
  "status-503": { fault: "refuse", code: 5001, on: "new.tasks.get" }
}

/**
 * The emulator, configured for one case. Like the other servers it does not detect duplicates: with `uniqueness` off,
 * each create that arrives is committed and charged.
 */
export const startEmulatedKling = async (caseId: CaseId): Promise<Service> => {
  const emulator = await runEmulator({
    speed: 600,
    faults: { faults: [faults[caseId]], switches: { uniqueness: "off" } }
  })
  const { url, apiKey } = emulator
  return {
    url,
    env: { KLINGAI_BASE_URL: url, KLINGAI_API_KEY: apiKey },
    count: async () => {
      const { tasks } = await fetchJson<{ tasks: ReadonlyArray<{ externalTaskId: string }> }>(`${url}/_emulator/ledger`)
      const { requests } = await fetchJson<{ requests: ReadonlyArray<{ operation: string }> }>(
        `${url}/_emulator/requests`
      )
      const { faults } = await fetchJson<{ faults: ReadonlyArray<{ applied: number }> }>(`${url}/_emulator/faults`)
      return {
        faultOccurred: faults.every(({ applied }) => applied > 0),
        commits: tasks.length,
        creates: requests.filter(({ operation }) => operation.startsWith("new.t2v.")).length,
        ids: tasks.map(({ externalTaskId }) => (externalTaskId === "" ? "" : `external_task_id: ${externalTaskId}`))
      }
    },
    close: () => emulator.close()
  }
}

const fetchJson = async <A>(url: string): Promise<A> => (await (await fetch(url)).json()) as A
