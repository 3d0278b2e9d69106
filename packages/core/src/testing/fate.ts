/** What the caller gets to see of one request. */
export type Answer =
  | { readonly kind: "honest" }
  | {
      readonly kind: "text"
      readonly status: number
      readonly text: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** The body breaks off with an error after `text`. */
  | { readonly kind: "cut"; readonly text: string }
  /** No answer at all; `causeCode` is the code of the system's error. */
  | { readonly kind: "lost"; readonly causeCode: string }
  | { readonly kind: "hang" }

/** What happens to one request: the answer and, for a create, how long after it the task comes into being, if ever. */
export interface Fate {
  readonly answer: Answer
  readonly commitsAfterSeconds?: number
}

export const honest: Answer = { kind: "honest" }
export const accepted: Fate = { answer: honest, commitsAfterSeconds: 0 }
const hang: Answer = { kind: "hang" }
export const lost = (causeCode: string): Answer => ({ kind: "lost", causeCode })

export const text = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  kind: "text",
  status,
  text: body,
  headers
})

/** Kling's envelope with a code of its own. */
export const code = (
  number: number,
  message = `message of ${number}`,
  about: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {}
): Answer =>
  text(about.status ?? 400, JSON.stringify({ code: number, message, request_id: `request-${number}` }), about.headers)

export const refused = (answer: Answer): Fate => ({ answer })

/** Answers after which nobody can tell whether the task exists. */
export const ambiguousAnswers: Readonly<Record<string, Answer>> = {
  "code 5000": code(5000, "internal error", { status: 500 }),
  "code 5001": code(5001, "maintenance", { status: 503 }),
  "code 5002": code(5002, "time-out inside", { status: 504 }),
  "a gateway's page": text(502, "<html><title>502 Bad Gateway</title></html>"),
  "a reset": lost("ECONNRESET"),
  silence: hang,
  "half an answer": { kind: "cut", text: `{"code":0,"data":{"id":"8` },
  "half a JSON text": text(200, `{"code":0,"message":"SUCCEED","data":{"task_id":"89`),
  "an answer without an id": text(200, `{"code":0,"message":"SUCCEED","data":{"status":"submitted"}}`)
}
