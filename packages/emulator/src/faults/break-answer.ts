import { findKlingCode } from "@klingkit/core"
import { refusal, refuse } from "../answers/envelope.ts"
import type { JsonAnswer, KlingAnswer } from "../routes/request.ts"
import { type Delivery, whole } from "./delivery.ts"
import type { Struck } from "./fault-injector.ts"
import type { FaultOf } from "./fault-plan.ts"

interface Broken {
  readonly answer: JsonAnswer
  readonly delivery: Delivery
  /** Kling's code as the request log shows it. */
  readonly code: number
}

const gatewayPage = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"
const nothing: JsonAnswer = { status: 200, code: 0, body: {} }

/** Runs `act`, or does not, and breaks its answer, as the faults that struck this request say. */
export const breakAnswer = (struck: Struck, requestId: string, act: () => JsonAnswer): Broken => {
  if (struck.find("drop") !== undefined) return { answer: nothing, delivery: { how: "drop" }, code: 0 }
  const refused = struck.find("refuse")
  if (refused !== undefined) return { ...deliverable(refusedBy(requestId, refused), struck) }
  const answer = act()
  if (struck.find("late-commit") !== undefined || struck.find("commit-then-drop") !== undefined) {
    return { answer, delivery: { how: "drop" }, code: answer.code }
  }
  if (struck.find("commit-then-rst") !== undefined) return { answer, delivery: { how: "reset" }, code: answer.code }
  if (struck.find("commit-then-hang") !== undefined) return { answer, delivery: { how: "hang" }, code: answer.code }
  const cut = struck.find("commit-then-truncate")
  if (cut !== undefined) {
    return { answer, delivery: { how: "cut", afterBytes: cut.afterBytes ?? 20 }, code: answer.code }
  }
  if (struck.find("commit-then-502") !== undefined) {
    return { answer: { status: 502, code: answer.code, body: gatewayPage }, delivery: whole, code: answer.code }
  }
  return deliverable(answer, struck)
}

const deliverable = (answer: JsonAnswer, struck: Struck): Broken => {
  const slow = struck.find("slow")
  const delivery: Delivery = slow === undefined ? whole : { how: "whole", delayMs: slow.delayMs }
  return { answer, delivery, code: answer.code }
}

const refusedBy = (requestId: string, { code, message, retryAfter }: FaultOf<"refuse">): JsonAnswer => ({
  ...refuse(requestId, refusal(code, message ?? knownTexts[code] ?? findKlingCode(code)?.meaning ?? "refused")),
  ...(retryAfter === undefined ? {} : { headers: { "retry-after": String(retryAfter) } })
})

const knownTexts: Readonly<Record<number, string>> = {
  1102: "Account balance not enough",
  1303: "parallel task over resource pack limit"
}

/** Breaks a download as its faults say. */
export const breakFile = (answer: KlingAnswer, struck: Struck): KlingAnswer => {
  const isFile = answer.status === 200 || answer.status === 206
  if (!isFile) return answer
  if (struck.find("html-download") !== undefined) {
    return { ...answer, status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: gatewayPage }
  }
  const cut = struck.find("cut-download")
  if (cut !== undefined) return { ...answer, delivery: { how: "cut", afterBytes: cut.afterBytes } }
  const slow = struck.find("slow-download")
  return slow === undefined ? answer : { ...answer, delivery: { how: "whole", bytesPerSecond: slow.bytesPerSecond } }
}
