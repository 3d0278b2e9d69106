import { describe, expect, it } from "@effect/vitest"
import { KlingError } from "@klingkit/core"
import { invalidInput } from "@klingkit/core/internal"
import { JobError, LedgerError } from "@klingkit/jobs"
import * as z from "zod"
import { jsonSchemaOf } from "../json-schema.ts"
import { formatDefect, formatError } from "./format-error.ts"

const answered = { klingCode: 5000, klingMessage: "" }
const ledgerFailed = new LedgerError({
  reason: { _tag: "StorageFailed", location: "ledger.db", detail: "" },
  beforeSending: false
})
const waitForTask = {
  charged: false,
  name: "wait_for_task",
  inputSchema: jsonSchemaOf(z.object({ task_id: z.string() }), "input")
}
const isCharged = (line: string) => line.startsWith("Charged: ")
const words = {
  no: "Charged: no; this call is free",
  maybe: "Charged: maybe, for the task; this call is free",
  yes: "Charged: yes, for the task; it is not lost"
}

const paid = { charged: true, name: "generate_video" }
const free = { charged: false, name: "list_tasks" }

describe("a formatted error", () => {
  it("says what happened, whether it was charged, what to do next, and a code", () => {
    expect(formatError(paid, invalidInput([{ field: "duration", message: "is wrong" }])).lines).toEqual([
      "Error: duration is wrong",
      "Charged: no",
      "Next: fix the named fields; nothing was sent",
      "Code: KLING_INVALID_INPUT"
    ])
  })

  it("keeps the Task ID of an unresolved submission", () => {
    const error = new KlingError({
      reason: { _tag: "SubmissionUnknown", externalTaskId: "kk-t2v-1", detail: "cut off" },
      billed: true
    })
    expect(formatError(paid, error).lines).toEqual([
      expect.stringContaining("not known whether Kling accepted the request"),
      "Task ID: kk-t2v-1",
      "Charged: maybe; Kling may have accepted the request",
      "Next: do not submit it again; call check_video_status with task_id kk-t2v-1",
      "Code: KLING_SUBMISSION_UNKNOWN"
    ])
    expect(formatError(paid, error, { withTaskId: false }).lines).toEqual([
      expect.stringContaining("not known whether Kling accepted the request"),
      "Charged: maybe; Kling may have accepted the request",
      "Next: do not submit it again; call check_video_status with task_id kk-t2v-1",
      "Code: KLING_SUBMISSION_UNKNOWN"
    ])
  })

  it.each([
    [new JobError({ reason: { _tag: "NotFinished", taskId: "1", status: "processing" } }), "call wait_for_task"],
    [new JobError({ reason: { _tag: "NothingToFetch", taskId: "1", status: "failed" } }), "check_video_status"],
    [new JobError({ reason: { _tag: "FetchFailed", taskId: "1", detail: "cut" } }), "call download_task again"],
    [
      new JobError({ reason: { _tag: "Duplicate", taskId: "1", nextTake: 4 } }),
      "check_video_status with task_id 1; to make another one, set take: 4"
    ],
    [new JobError({ reason: { _tag: "FileExists", path: "/a.mp4" } }), "set overwrite to true"],
    [
      new JobError({
        reason: {
          _tag: "NotApproved",
          quoteUsd: 2,
          rule: "",
          setting: "approvalThresholdUsd",
          limitUsd: 1,
          today: { day: "2026-11-22", chargedUsd: 0, reservedUsd: 0, unknownUsd: 0, usedUsd: 0 }
        }
      }),
      "show this to the user; if they approve, call quote_cost"
    ],
    [new KlingError({ reason: { _tag: "MissingCredentials", settings: ["apiKey"] } }), "set KLINGAI_API_KEY"]
  ])("names tools, not commands: $code", (error, next) => {
    const text = formatError(free, error).lines.join("\n")
    expect(text).toContain(next)
    expect(text).toContain("Charged: no")
    expect(text).not.toMatch(/--\w|task (get|wait|download) /)
  })

  it("says what to do with an image that the server cannot read", () => {
    const error = new JobError({ reason: { _tag: "FileDenied", path: "/chat/cat.png", detail: "is outside" } })
    expect(formatError(paid, error).lines).toEqual([
      "Error: /chat/cat.png: is outside",
      "Charged: no",
      "Next: use an https URL, or move the file into one of these folders; KLINGKIT_INPUT_DIRS adds more",
      "Code: JOB_FILE_DENIED"
    ])
    expect(formatError(free, error).lines.join("\n")).not.toContain("https URL")
  })

  it("reveals no internals of a defect", () => {
    expect(formatDefect(paid).lines.join("\n")).toMatch(
      /internal error in klingkit\nCharged: maybe.*\nNext: .*\nCode: KLINGKIT_DEFECT/
    )
    expect(formatDefect(free).lines).toContain("Charged: no; this call is free")
    expect(formatDefect(waitForTask).lines).toContain("Charged: maybe, for the task; this call is free")
  })

  it.each([
    ["a read of Kling that fails", new KlingError({ reason: { _tag: "ServerError", ...answered } }), "no", "no"],
    ["no such task", new KlingError({ reason: { _tag: "TaskNotFound", taskId: "77" } }), "no", "no"],
    [
      "a read of tasks",
      new KlingError({ reason: { _tag: "ServerError", ...answered }, isOfTasks: true }),
      "no",
      "maybe"
    ],
    ["a ledger that fails", ledgerFailed, "no", "maybe"],
    ["a file that is in the way", new JobError({ reason: { _tag: "FileExists", path: "/a" } }), "no", "maybe"],
    [
      "a file that is not fetched",
      new JobError({ reason: { _tag: "FetchFailed", taskId: "7", detail: "" } }),
      "no",
      "yes"
    ]
  ] as const)(
    "of a free tool says that the call is free, and what holds for its task: %s",
    (_, error, ofList, ofTask) => {
      const charged = [free, waitForTask].map((tool) => formatError(tool, error).lines.find(isCharged))
      expect(charged).toEqual([words[ofList], words[ofTask]])
      const job = { handle: "kk-t2v-1", isSent: true, isEnded: false, charged: "maybe" } as const
      expect(formatError(free, error.about(job)).lines.find(isCharged)).toMatch(
        /^Charged: maybe, for the task; this call is free$/
      )
    }
  )
})
