import { describe, expect, it } from "@effect/vitest"
import type { Task } from "@klingkit/core"
import type { Job } from "@klingkit/jobs"
import { failureJson, failureText } from "./failure.ts"
import { interrupted } from "./interrupted.ts"

const quote = { state: "exact", priceUsd: 0.42, units: 3, pack: "video", rule: "" } as const

/** A job as the ledger has it in a state. */
const jobIn = (handle: string, state: string, task: Partial<Task> = {}): Job => ({
  handle,
  task: { id: handle, externalId: handle, status: "submitted", outputs: [], charges: [], ...task },
  record: { handle, state, quote, charges: [] } as never
})

const paid = { status: "succeed", charges: [{ kind: "unit", amount: 3 }] } as const

describe("Ctrl+C", () => {
  it.each([
    ["INTENT", {}, "was not sent yet; its price is reserved", "maybe"],
    ["SENDING", {}, "keeps running at Kling if Kling received the request", "maybe"],
    ["IN_DOUBT", {}, "keeps running at Kling if Kling received the request", "maybe"],
    ["UNKNOWN", { status: "unknown" }, "may be at Kling: its answer was lost", "maybe"],
    ["ACCEPTED", {}, "keeps running at Kling", "maybe"],
    ["RUNNING", { status: "processing" }, "keeps running at Kling", "maybe"],
    ["INTENT", { id: "890" }, "keeps running at Kling", "maybe"],
    ["REFUSED", { status: "failed" }, "was not accepted by Kling", "no"],
    ["FETCHED", paid, "has ended: succeed", "yes"]
  ] as const)("of a job in %s reports its row: %j", (state, task, words, charged) => {
    const failure = interrupted([{ handle: "kk-t2v-1", job: jobIn("kk-t2v-1", state, task) }])
    expect(failure).toMatchObject({ exitCode: 130, charged, handle: "kk-t2v-1", job: { charged } })
    expect(failure.message).toBe(`interrupted; task kk-t2v-1 ${words}`)
  })

  it("of a job that the ledger does not have denies nothing, and without a job nothing was charged", () => {
    expect(interrupted([{ handle: "kk-t2v-1" }])).toMatchObject({ charged: "maybe", handle: "kk-t2v-1" })
    expect(interrupted()).toMatchObject({ charged: "no", exitCode: 130 })
  })

  it("of several tells each, with its handle and what to do, and the sum", () => {
    const failure = interrupted(
      [
        { handle: "kk-t2v-1", kind: "line", id: "fox", job: jobIn("kk-t2v-1", "FETCHED", paid) },
        { handle: "kk-t2v-2", kind: "line", id: "boat", job: jobIn("kk-t2v-2", "ACCEPTED") },
        { handle: "kk-t2v-3", kind: "line", id: "kite", job: jobIn("kk-t2v-3", "REFUSED", { status: "failed" }) }
      ],
      2
    )
    expect(failureText(failure).split("\n")).toEqual([
      "Error (CLI_INTERRUPTED):",
      "  interrupted; not started: 2; what was started or found:",
      "  line fox: kk-t2v-1 has ended: succeed; charged: yes, $0.42; see it with: klingkit task get kk-t2v-1",
      "  line boat: kk-t2v-2 keeps running at Kling; charged: maybe, at most $0.42; wait for it: klingkit task wait kk-t2v-2",
      "  line kite: kk-t2v-3 was not accepted by Kling; charged: no; see it with: klingkit task get kk-t2v-3",
      "Charged: yes, $0.42, and at most $0.42 more",
      "Next: run the same command again: what was sent is found and not charged again"
    ])
    expect(failureJson(failure)).toMatchObject({
      error: {
        charged: "yes",
        money: { chargedUsd: 0.42, maxChargedUsd: 0.42 },
        tasks: [
          { id: "fox", handle: "kk-t2v-1", charged: "yes", chargedUsd: 0.42, next: { _tag: "CheckStatus" } },
          { id: "boat", handle: "kk-t2v-2", charged: "maybe", maxChargedUsd: 0.42, next: { _tag: "Wait" } },
          { id: "kite", handle: "kk-t2v-3", charged: "no" }
        ]
      }
    })
  })
})
