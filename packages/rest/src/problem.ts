import type { Charged } from "@klingkit/core"
import type { FormattedError } from "@klingkit/tools"

/** The statuses of problems, with their titles. */
const titles = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  507: "Insufficient Storage"
} as const

export type ProblemStatus = keyof typeof titles

/** An answer over HTTP, before it is bytes. */
export interface RestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
}

/** Why a request was not served, as `application/problem+json` (RFC 9457). */
export interface Problem {
  readonly title: string
  readonly status: ProblemStatus
  /** What happened. */
  readonly detail: string
  /** Stable, for programs: `LEDGER_OVER_BUDGET`. */
  readonly code: string
  readonly charged: Charged
  /** What to do. */
  readonly next: string
  /** The task that it is about. */
  readonly task_id?: string
  /** What is wrong with which field. */
  readonly problems?: ReadonlyArray<{ readonly field: string; readonly message: string }>
}

export const problemSchema = {
  type: "object",
  description: "Why a request was not served (RFC 9457)",
  properties: {
    title: { type: "string", description: "The name of the status" },
    status: { type: "integer" },
    detail: { type: "string", description: "What happened" },
    code: { type: "string", description: "Stable, such as LEDGER_OVER_BUDGET" },
    charged: {
      type: "string",
      enum: ["no", "maybe", "yes"] satisfies ReadonlyArray<Charged>,
      description: "Whether the request, or the task that it is about, was charged"
    },
    next: { type: "string", description: "What to do; tools are named by their operationId" },
    task_id: { type: "string", description: "The task that it is about" },
    problems: {
      type: "array",
      description: "What is wrong with which field",
      items: {
        type: "object",
        properties: { field: { type: "string" }, message: { type: "string" } },
        required: ["field", "message"]
      }
    }
  },
  required: ["title", "status", "detail", "code", "charged", "next"]
} as const

/** The answer that says it. */
export const problemAnswer = (
  problem: Omit<Problem, "title">,
  headers: Readonly<Record<string, string>> = {}
): RestAnswer => ({
  status: problem.status,
  headers: { "content-type": "application/problem+json", ...headers },
  body: { title: titles[problem.status], ...problem }
})

/** An error of a tool, in its own words. */
export const problemOf = (
  status: ProblemStatus,
  { code, error, wasCharged, next, taskId }: FormattedError,
  more: Pick<Problem, "problems"> = {}
): Omit<Problem, "title"> => ({
  status,
  detail: error,
  code,
  charged: wasCharged,
  next,
  ...(taskId === undefined ? {} : { task_id: taskId }),
  ...more
})

const afterRefusal: Partial<Readonly<Record<ProblemStatus, readonly [code: `REST_${string}`, next: string]>>> = {
  401: ["REST_NOT_SIGNED_IN", "send Authorization: Bearer, with an access key or an access token of this server"],
  403: ["REST_NOT_ALLOWED", "ask the operator of this server"],
  413: ["REST_TOO_LARGE", "send less; media can be given by URL"],
  429: ["REST_TOO_MANY_CALLS", "try again when Retry-After has passed"]
}

/** A request that was refused on the way to the API. */
export const refusedAnswer = (status: number, detail: string, headers?: RestAnswer["headers"]): RestAnswer => {
  const known = Object.keys(titles)
    .map(Number)
    .find((one) => one === status) as ProblemStatus | undefined
  const [code, next] = afterRefusal[known ?? 503] ?? ["REST_UNAVAILABLE", "try again later"]
  return refusal(known ?? 503, code, detail, next, headers)
}

/** A request that is wrong before any tool sees it. */
export const refusal = (
  status: ProblemStatus,
  code: `REST_${string}`,
  detail: string,
  next: string,
  headers?: Readonly<Record<string, string>>
): RestAnswer => problemAnswer({ status, code, detail, next, charged: "no" }, headers)
