import { describe, expect, it } from "@effect/vitest"
import { invalidInput, KlingError, type KlingErrorReason } from "./kling-error.ts"

const answered = { klingCode: 1200, klingMessage: "no" }
const reasons: ReadonlyArray<readonly [string, KlingErrorReason]> = [
  ["KLING_INVALID_INPUT", { _tag: "InvalidInput", problems: [{ field: "prompt", message: "is required" }] }],
  ["KLING_WRONG_METHOD", { _tag: "WrongMethod", operationId: "legacy.tts", method: "call" }],
  ["KLING_WRONG_METHOD", { _tag: "WrongMethod", operationId: "legacy.avatar", method: "submit" }],
  ["KLING_MISSING_CREDENTIALS", { _tag: "MissingCredentials", settings: ["apiKey"] }],
  [
    "KLING_UNUSABLE_CREDENTIALS",
    { _tag: "UnusableCredentials", problems: [{ field: "apiKey", setting: "apiKey", message: "has quotes around it" }] }
  ],
  ["KLING_CONTENT_REFUSED", { _tag: "ContentRefused", ...answered }],
  ["KLING_UNKNOWN_CODE", { _tag: "UnknownCode", ...answered }],
  ["KLING_TASK_NOT_FOUND", { _tag: "TaskNotFound", taskId: "7" }],
  ["KLING_TASK_NOT_VISIBLE", { _tag: "TaskNotVisible", taskId: "7", acceptedAt: 1_800_000_000_000 }],
  ["KLING_JOURNAL_FAILED", { _tag: "JournalFailed", detail: "disk full" }],
  ["KLING_NOT_CONNECTED", { _tag: "NotConnected", detail: "ENOTFOUND" }],
  ["KLING_CONNECTION_LOST", { _tag: "ConnectionLost", detail: "ECONNRESET" }],
  ["KLING_UNEXPECTED_ANSWER", { _tag: "UnexpectedAnswer", detail: "HTTP 502" }],
  ["KLING_SUBMISSION_UNKNOWN", { _tag: "SubmissionUnknown", externalTaskId: "kk-1", detail: "silence" }],
  ["KLING_SUBMISSION_UNKNOWN", { _tag: "SubmissionUnknown", detail: "silence" }],
  ["KLING_TASK_FAILED", { _tag: "TaskFailed", taskId: "7", detail: "risk control" }]
]

describe.each(reasons)("%s", (code, reason) => {
  it("states what happened and what to do next, in one line each", () => {
    const error = new KlingError({ reason, billed: true })
    expect(error.code).toBe(code)
    for (const line of [error.message, error.suggestion]) {
      expect(line).toMatch(/^[^\n]{10,400}$/)
      expect(line).not.toMatch(/undefined|\[object/)
    }
  })

  it("never reports a charge for an operation that is not billed", () => {
    expect(new KlingError({ reason }).wasCharged).toBe("no")
    expect(new KlingError({ reason, billed: false }).wasCharged).toBe("no")
  })
})

describe("whether a paid request was charged", () => {
  const charged = (reason: KlingErrorReason, httpStatus?: number) =>
    new KlingError({ reason, billed: true, ...(httpStatus === undefined ? {} : { httpStatus }) }).wasCharged

  it("is unknown when no response decides it", () => {
    expect(charged({ _tag: "ConnectionLost", detail: "" })).toBe("maybe")
    expect(charged({ _tag: "SubmissionUnknown", detail: "" })).toBe("maybe")
    expect(charged({ _tag: "TaskNotVisible", taskId: "7", acceptedAt: 0 })).toBe("maybe")
    expect(charged({ _tag: "UnexpectedAnswer", detail: "" }, 502)).toBe("maybe")
    expect(charged({ _tag: "UnknownCode", ...answered }, 200)).toBe("maybe")
    expect(charged({ _tag: "UnknownCode", ...answered }, 403)).toBe("maybe")
  })

  it("is no when the response, or its status, rejected the request", () => {
    expect(charged({ _tag: "NotConnected", detail: "" })).toBe("no")
    expect(charged({ _tag: "ContentRefused", ...answered })).toBe("no")
    const absent = { billed: true, httpStatus: 403, isAbsent: true }
    expect(new KlingError({ reason: { _tag: "UnknownCode", ...answered }, ...absent }).wasCharged).toBe("no")
    expect(charged({ _tag: "UnexpectedAnswer", detail: "" }, 413)).toBe("no")
  })
})

describe("invalid input", () => {
  it("names every field, and the operation if there is one", () => {
    const problems = [
      { field: "prompt", message: "is required" },
      { field: "n", message: "12 is outside 1 to 9; did you mean 9?" }
    ]
    const error = invalidInput(problems, "legacy.images.generations")
    expect(error.message).toBe("prompt is required; n 12 is outside 1 to 9; did you mean 9?")
    expect(error).toMatchObject({ operation: "legacy.images.generations", isRetryable: false, wasCharged: "no" })
  })
})
