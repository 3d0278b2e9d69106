import type { EmulatorOptions } from "@klingkit/emulator"

type FaultPlan = NonNullable<EmulatorOptions["faults"]>
type Fault = NonNullable<FaultPlan["faults"]>[number]

/** How a request for a video can end. */
export interface Ending {
  readonly name: string
  readonly speed: number
  readonly faults: FaultPlan
  /** Of the wait: short where it never ends by itself, else longer than a busy machine takes. */
  readonly timeout: "1s" | "120s"
  /** The exit code of a command that waits. */
  readonly waitExit: number
}

const never = 0.001
const atOnce = 1e6
const onReads = (fault: Fault): FaultPlan => ({ faults: [{ ...fault, on: "new.tasks.get", count: "always" }] })

/** After the request was accepted, each answer about its task is like this. */
const badReads: ReadonlyArray<readonly [name: string, faults: FaultPlan]> = [
  ["an unknown status word", onReads({ fault: "unknown-status", word: "queued" })],
  ["1002: a credential that is not accepted", onReads({ fault: "refuse", code: 1002 })],
  ["1102: a pack without units", onReads({ fault: "refuse", code: 1102 })],
  ["1103: an account without the right", onReads({ fault: "refuse", code: 1103 })],
  ["1203: no such resource", onReads({ fault: "refuse", code: 1203 })],
  ["5000: an internal error", onReads({ fault: "refuse", code: 5000 })],
  ["an HTML page with 403", onReads({ fault: "html-page", status: 403 })],
  ["an HTML page with 502", onReads({ fault: "html-page", status: 502 })],
  ["null in place of the data", onReads({ fault: "null-data" })],
  ["bytes that are not UTF-8", onReads({ fault: "invalid-utf8" })],
  ["a task that is not shown", { switches: { visibilityDelaySeconds: 86_400 } }]
]

export const endings: ReadonlyArray<Ending> = [
  ...badReads.map(([name, faults]): Ending => ({ name, faults, speed: never, timeout: "1s", waitExit: 8 })),
  { name: "a time-out", faults: {}, speed: never, timeout: "1s", waitExit: 8 },
  { name: "success", faults: {}, speed: atOnce, timeout: "120s", waitExit: 0 },
  { name: "a task that fails", faults: { faults: [{ fault: "fail" }] }, speed: atOnce, timeout: "120s", waitExit: 1 },
  {
    name: "a request that Kling refuses",
    faults: { faults: [{ fault: "refuse", code: 1301, count: "always" }] },
    speed: never,
    timeout: "120s",
    waitExit: 1
  }
]
