import { findKlingCode } from "@klingkit/core"
import { refusal, refuse } from "../answers/envelope.ts"
import type { JsonAnswer, KlingAnswer } from "../routes/request.ts"
import { type Delivery, whole } from "./delivery.ts"
import type { AppliedFaults } from "./fault-injector.ts"
import { distortAnswer, echoedKey } from "./distort-answer.ts"
import type { FaultOf } from "./fault-plan.ts"

interface FaultyAnswer {
  readonly answer: JsonAnswer
  readonly delivery: Delivery
  /** Kling's code, for the request log. */
  readonly code: number
}

const gatewayPage = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"
const emptyAnswer: JsonAnswer = { status: 200, code: 0, body: {} }

/** Executes the request, unless a fault prevents it, and breaks the response as the faults demand. */
export const applyFaults = (
  faults: AppliedFaults,
  requestId: string,
  authorization: string,
  execute: () => JsonAnswer
): FaultyAnswer => {
  if (faults.find("drop") !== undefined) return { answer: emptyAnswer, delivery: { how: "drop" }, code: 0 }
  const refused = faults.find("refuse")
  if (refused !== undefined) return { ...deliverable(refusedBy(requestId, refused), faults) }
  const echo = faults.find("echo-key")
  if (echo !== undefined) return deliverable(echoedKey(requestId, echo, authorization), faults)
  const answer = distortAnswer(execute(), faults)
  if (faults.find("late-commit") !== undefined || faults.find("commit-then-drop") !== undefined) {
    return { answer, delivery: { how: "drop" }, code: answer.code }
  }
  if (faults.find("commit-then-rst") !== undefined) return { answer, delivery: { how: "reset" }, code: answer.code }
  if (faults.find("commit-then-hang") !== undefined) return { answer, delivery: { how: "hang" }, code: answer.code }
  const cut = faults.find("commit-then-truncate")
  if (cut !== undefined) {
    return { answer, delivery: { how: "cut", afterBytes: cut.afterBytes ?? 20 }, code: answer.code }
  }
  if (faults.find("commit-then-502") !== undefined) {
    return { answer: { status: 502, code: answer.code, body: gatewayPage }, delivery: whole, code: answer.code }
  }
  return deliverable(answer, faults)
}

const deliverable = (answer: JsonAnswer, faults: AppliedFaults): FaultyAnswer => {
  const slow = faults.find("slow")
  const delivery: Delivery = slow === undefined ? whole : { how: "whole", delayMs: slow.delayMs }
  return { answer, delivery, code: answer.code }
}

const refusedBy = (requestId: string, { code, message, retryAfter }: FaultOf<"refuse">): JsonAnswer => ({
  ...refuse(requestId, refusal(code, message ?? measuredMessages[code] ?? findKlingCode(code)?.meaning ?? "refused")),
  ...(retryAfter === undefined ? {} : { headers: { "retry-after": String(retryAfter) } })
})

const measuredMessages: Readonly<Record<number, string>> = {
  1102: "Account balance not enough",
  1303: "parallel task over resource pack limit"
}

/** Breaks a download as its faults demand. */
export const applyFileFaults = (answer: KlingAnswer, faults: AppliedFaults): KlingAnswer => {
  const isFile = answer.status === 200 || answer.status === 206
  if (!isFile) return answer
  if (faults.find("html-download") !== undefined) {
    return { ...answer, status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: gatewayPage }
  }
  const cut = faults.find("cut-download")
  if (cut !== undefined) return { ...answer, delivery: { how: "cut", afterBytes: cut.afterBytes } }
  const slow = faults.find("slow-download")
  return slow === undefined ? answer : { ...answer, delivery: { how: "whole", bytesPerSecond: slow.bytesPerSecond } }
}
