/** The response to one request; `honest` is the fake's own. */
export type Answer =
  | { readonly kind: "honest" }
  | {
      readonly kind: "text"
      readonly status: number
      readonly text: string
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** The body ends with an error after `text`. */
  | { readonly kind: "cut"; readonly text: string }
  /** No response; `causeCode` is the code of the system error. */
  | { readonly kind: "lost"; readonly causeCode: string }
  | { readonly kind: "hang" }

/** The outcome of one create: its response and how long after the request the task is created, if ever. */
export interface CreateOutcome {
  readonly answer: Answer
  readonly commitsAfterSeconds?: number
}

export const honest: Answer = { kind: "honest" }
export const accepted: CreateOutcome = { answer: honest, commitsAfterSeconds: 0 }
/** Text whose characters are bytes: what a server sends that encodes as Latin-1. */
export const latin1 = (body: string): Answer => ({
  kind: "bytes",
  bytes: Uint8Array.from(body, (character) => character.charCodeAt(0))
})
const hang: Answer = { kind: "hang" }
export const lost = (causeCode: string): Answer => ({ kind: "lost", causeCode })

export const text = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  kind: "text",
  status,
  text: body,
  headers
})

/** Kling's envelope with an error code. */
export const code = (
  number: number,
  message = `message of ${number}`,
  options: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {}
): Answer =>
  text(
    options.status ?? 400,
    JSON.stringify({ code: number, message, request_id: `request-${number}` }),
    options.headers
  )

export const refused = (answer: Answer): CreateOutcome => ({ answer })

/** Responses after which it is unknown whether the task exists. */
export const ambiguousAnswers: Readonly<Record<string, Answer>> = {
  "code 5000": code(5000, "internal error", { status: 500 }),
  "code 5001": code(5001, "maintenance", { status: 503 }),
  "code 5002": code(5002, "time-out inside", { status: 504 }),
  "a gateway's error page": text(502, "<html><title>502 Bad Gateway</title></html>"),
  "a reset": lost("ECONNRESET"),
  silence: hang,
  "a truncated body": { kind: "cut", text: `{"code":0,"data":{"id":"8` },
  "truncated JSON": text(200, `{"code":0,"message":"SUCCEED","data":{"task_id":"89`),
  "text that is not UTF-8": latin1(`{"code":0,"message":"\u00e9","data":{"id":"89","status":"submitted"}}`),
  "an answer without an id": text(200, `{"code":0,"message":"SUCCEED","data":{"status":"submitted"}}`)
}

/** The same for a create with an external id. They come from a server that is up, and a read is not repeated after them. */
export const deceptiveAnswers: Readonly<Record<string, Answer>> = {
  "another task's answer": text(200, `{"code":0,"data":{"id":"89","status":"submitted","external_id":"other"}}`),
  "an id with a line break": text(200, String.raw`{"code":0,"data":{"id":"89\nCharged: no","status":"submitted"}}`),
  "a nest of brackets": text(200, `{"code":0,"data":${"[".repeat(100)}`)
}
