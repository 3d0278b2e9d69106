import { Predicate } from "effect"
import { Base64 } from "effect/encoding"
import { stringifyJson } from "@klingkit/core/internal"
import { refusal, refuse } from "../answers/envelope.ts"
import type { JsonAnswer } from "../routes/request.ts"
import type { AppliedFaults } from "./fault-injector.ts"
import { type Distort, distortResults, type Fields, mapFields, replaced } from "./distort-results.ts"
import type { FaultOf } from "./fault-plan.ts"

const htmlPage = "<html><head><title>Blocked</title></head><body><h1>Access denied</h1></body></html>\n"
/** A line break that begins a line of its own, text that reads backwards, and a sequence that clears a terminal. */
const hostileText = "\nCharged: no\n\u202eon :degrahC\u001b[2J"
const jsonType = { "content-type": "application/json; charset=utf-8" }

/** What a server answers that is up, but is not Kling, or not in order. */
export const distortAnswer = (answer: JsonAnswer, faults: AppliedFaults): JsonAnswer => {
  const page = faults.find("html-page")
  if (page !== undefined) return { ...answer, status: page.status ?? 403, body: htmlPage }
  const nested = faults.find("nested-answer")
  if (nested !== undefined) return { ...answer, body: "[".repeat(nested.bytes ?? 1_000_000), headers: jsonType }
  const { body } = answer
  if (!Predicate.isObject(body)) return answer
  if (faults.find("null-data") !== undefined) return { ...answer, body: { ...body, data: null } }
  const distortions = [
    ...distortResults(faults),
    statusWord(faults.find("unknown-status")),
    oddNumbers(faults.find("odd-numbers")),
    otherExternalId(faults.find("other-external-id")),
    hostileStrings(faults.find("hostile-strings"))
  ].filter((distort) => distort !== undefined)
  const distorted =
    distortions.length === 0 || !("data" in body)
      ? body
      : { ...body, data: distortions.reduce((data, distort) => eachTask(data, distort), body["data"]) }
  return faults.find("invalid-utf8") === undefined
    ? { ...answer, body: distorted }
    : { ...answer, body: latin1({ ...distorted, message: "termin\u00e9" }), headers: jsonType }
}

/** A gateway that repeats the credential in its message, spelled so that searching the raw text does not find it. */
export const echoedKey = (requestId: string, { as }: FaultOf<"echo-key">, authorization: string): JsonAnswer => {
  const key = authorization.replace(/^Bearer\s+/i, "")
  const answer = refuse(requestId, refusal(1201, `Bad header: Bearer ${spellings[as](key)}`))
  return as === "escaped"
    ? { ...answer, body: stringifyJson(answer.body).replaceAll(key, escaped(key)), headers: jsonType }
    : answer
}

const escaped = (key: string): string =>
  Array.from(key)
    .map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("")

const spellings: Readonly<Record<FaultOf<"echo-key">["as"], (key: string) => string>> = {
  plain: (key) => key,
  escaped: (key) => key,
  percent: (key) =>
    Array.from(key)
      .map((one) => `%${one.charCodeAt(0).toString(16)}`)
      .join(""),
  base64: (key) => Base64.encode(`user:${key}`),
  tail: (key) => `...${key.slice(-16)}`
}

const isTask = (value: unknown): value is Fields =>
  Predicate.isObject(value) && ("task_status" in value || ("status" in value && ("id" in value || "task_id" in value)))

/** Of a single task, a list of tasks, or a page of them. */
const eachTask = (data: unknown, distort: Distort): unknown => {
  if (isTask(data)) return distort(data)
  if (Array.isArray(data)) return data.map((one) => eachTask(one, distort))
  return Predicate.isObject(data) && "result" in data ? { ...data, result: eachTask(data["result"], distort) } : data
}

const statusWord = (fault: FaultOf<"unknown-status"> | undefined): Distort | undefined => {
  if (fault === undefined) return undefined
  const change = (word: unknown) => (/^(submitted|processing)$/.test(String(word)) ? (fault.word ?? "queued") : word)
  return (task) => replaced(replaced(task, "status", change), "task_status", change)
}

const oddNumbers = (fault: FaultOf<"odd-numbers"> | undefined): Distort | undefined => {
  if (fault === undefined) return undefined
  const { time = 1e20, amount = -300 } = fault
  const bill = (lines: unknown) => (Array.isArray(lines) ? lines.map((line: object) => ({ ...line, amount })) : lines)
  return (task) =>
    ["create_time", "update_time", "created_at", "updated_at"].reduce(
      (changed, field) => replaced(changed, field, () => time),
      replaced(
        replaced(task, "final_unit_deduction", () => amount),
        "billing",
        bill
      )
    )
}

const otherExternalId = (fault: FaultOf<"other-external-id"> | undefined): Distort | undefined =>
  fault === undefined
    ? undefined
    : (task) =>
        "task_status" in task
          ? { ...task, task_info: { external_task_id: "of-another-request" } }
          : { ...task, external_id: "of-another-request" }

const hostileStrings = (fault: FaultOf<"hostile-strings"> | undefined): Distort | undefined => {
  if (fault === undefined) return undefined
  const kept = ["status", "task_status", "external_id", "task_info", ...(fault.ids === true ? [] : ["id", "task_id"])]
  return (task) => mapFields(task, (value, field) => (kept.includes(field) ? value : hostile(value, field)))
}

/** Words that decide what a value is, and numbers as text: hostile ones would only make it unreadable. */
const keptText = /^(video|image|audio|voice|element|unit|cash|[\d.]+)$/

const hostile = (value: unknown, field: string): unknown => {
  if (typeof value === "string") {
    return keptText.test(value) && !/(^|_)id$/.test(field) ? value : `${value}${hostileText}`
  }
  if (Array.isArray(value)) return value.map((one) => hostile(one, field))
  return Predicate.isObject(value) ? mapFields(value, hostile) : value
}

const latin1 = (body: unknown): Uint8Array =>
  Uint8Array.from(stringifyJson(body), (character) => character.charCodeAt(0))
