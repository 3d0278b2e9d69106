import { sanitizeText, variableOf } from "@klingkit/core/internal"
import type { Job } from "@klingkit/jobs"
import { Result, Struct } from "effect"
import * as z from "zod"
import type { FileLink, ToolFailure } from "../tool.ts"
import { taskResult } from "./task-result.ts"
import { truncateToBudget } from "./truncate-to-budget.ts"

/** Several tasks in a result. Their fields are left to the result itself: each description is paid for by every conversation. */
export const tasksSchema = { tasks: z.array(z.looseObject({})).optional() }

/** One of several tasks: its data, its lines and its links. */
export interface ShownTask {
  readonly data: { readonly task_id: string; readonly status: string; readonly [field: string]: unknown }
  readonly lines: ReadonlyArray<string>
  readonly links: ReadonlyArray<FileLink>
}

/** Characters. */
const longestPrompt = 80

/** A task in a line, and its links in another. */
export const shownTask = (id: string, result: Result.Result<Job, ToolFailure>): ShownTask =>
  Result.match(result, {
    onSuccess: (job) => {
      const { structured, links = [] } = taskResult(job)
      const data = {
        ...Struct.pick(structured, ["task_id", "status"]),
        ...given(structured, ["model", "message", "charged", "quoted", "expires_at"]),
        ...(structured.prompt === undefined ? {} : { prompt: sanitizeText(structured.prompt, longestPrompt) }),
        outputs: structured.outputs
      }
      const { message, prompt, charged } = data
      const facts = [
        ...(prompt === undefined ? [] : [`"${prompt}"`]),
        ...(charged === undefined ? [] : [`charged ${charged}`]),
        ...(message === undefined ? [] : [`Kling says: "${message}"`])
      ]
      const urls = structured.outputs.flatMap(({ url }) => url ?? [])
      return {
        data,
        lines: [
          `Task ${data.task_id}: ${[data.status, ...facts].join(", ")}`,
          ...(urls.length === 0 ? [] : [`- URL: ${urls.join(" ")}`])
        ],
        links
      }
    },
    onFailure: (error) => unreadTask(id, error)
  })

/** A task of which nothing is known. */
export const unreadTask = (id: string, error: ToolFailure): ShownTask => {
  const task_id = sanitizeText(id, 80)
  const reason = reasonOf(error)
  return {
    data: { task_id, status: "unknown", error: reason, code: error.code },
    lines: [`Task ${task_id}: unknown, ${reason} (${error.code})`],
    links: []
  }
}

export const reasonOf = (error: ToolFailure): string => sanitizeText(error.describe(variableOf), 300)

const given = <Fields extends object, Name extends keyof Fields>(fields: Fields, names: ReadonlyArray<Name>) =>
  Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]]))) as Partial<
    Pick<Fields, Name>
  >

/** What the shortest form of a task takes. */
const shortestBytes = 150

/** As many as fit with all that is known of them; the others with their status, and a line that says so. */
export const withinBudget = (all: ReadonlyArray<ShownTask>) => {
  const whole = truncateToBudget(all, ({ data, lines, links }) => [data, lines, links], all.length * shortestBytes)
  const rest = all.slice(whole.length).map(({ data: { task_id, status } }) => ({ task_id, status }))
  return {
    tasks: [...whole.map(({ data }) => data), ...rest],
    links: whole.flatMap(({ links }) => links),
    lines: [
      ...whole.flatMap(({ lines }) => lines),
      ...rest.map(({ task_id, status }) => `Task ${task_id}: ${status}`),
      ...(rest.length === 0
        ? []
        : [`Of the last ${rest.length} there is room for the status only: ask for fewer at once.`])
    ]
  }
}

/** The error of all of them, where it is one and the same, or there is only one: what to do about it is then said once. */
export const sharedFailure = (all: ReadonlyArray<Result.Result<unknown, ToolFailure>>): ToolFailure | undefined => {
  const failures = all.flatMap((result) => (Result.isFailure(result) ? [result.failure] : []))
  const [first] = failures
  return failures.length === all.length && failures.every(({ message }) => message === first?.message)
    ? first
    : undefined
}
