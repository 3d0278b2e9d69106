import { describe, expect, it } from "@effect/vitest"
import { KlingError } from "@klingkit/core"
import { Cause } from "effect"
import { failureJson, failureOf, failureText } from "./failure.ts"

const failure = (error: unknown) => failureOf(Cause.fail(error))

describe("a failure as text", () => {
  it("of klingkit itself is one line with how to report it, never a stack", () => {
    const bug = failureOf(Cause.die(new TypeError("x is\n not a\u001b[31m function")))
    expect(bug.exitCode).toBe(1)
    const text = failureText(bug)
    expect(text).toContain("bug in klingkit: x is not a function")
    expect(text).toContain("npm bugs")
    expect(text).not.toMatch(/\n\s+at |failure\.test/)
    expect(JSON.stringify(failureJson(bug))).not.toContain("failure.test")
  })

  it("of a submission with an unknown outcome keeps the handle and names the command", () => {
    const reason = { _tag: "SubmissionUnknown" as const, externalTaskId: "kk-t2v-1", detail: "cut" }
    const unknown = failure(new KlingError({ reason, billed: true }))
    expect(unknown).toMatchObject({ exitCode: 1, charged: "maybe", handle: "kk-t2v-1" })
    expect(unknown.suggestion).toContain("klingkit task get kk-t2v-1")
  })

  it("quotes Kling's message without control characters", () => {
    const reason = { _tag: "InvalidRequest" as const, klingCode: 1201, klingMessage: "bad\u001b[2J\u202eprompt" }
    expect(failureText(failure(new KlingError({ reason })))).toContain('"bad prompt"')
  })

  it("about credentials has its own exit code, from any source", () => {
    const kling = { klingCode: 1002, klingMessage: "" }
    expect(failure(new KlingError({ reason: { _tag: "Unauthorized", ...kling } })).exitCode).toBe(4)
    expect(failure(new KlingError({ reason: { _tag: "MissingCredentials", settings: ["apiKey"] } })).exitCode).toBe(4)
    const quotes = [{ field: "apiKey", setting: "apiKey", message: "has quotes around it: remove them" }] as const
    const unusable = failure(new KlingError({ reason: { _tag: "UnusableCredentials", problems: quotes } }))
    expect(unusable).toMatchObject({ exitCode: 4, lines: ["KLINGAI_API_KEY has quotes around it: remove them"] })
    const problems = [{ field: "credentials", message: "this operation needs an API key" }]
    expect(failure(new KlingError({ reason: { _tag: "InvalidInput", problems } })).exitCode).toBe(4)
  })
})
