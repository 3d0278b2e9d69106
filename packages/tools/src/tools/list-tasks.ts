import { familyOfHandle, type KlingError } from "@klingkit/core"
import { invalidInput, resultRetentionDays, sanitizeText } from "@klingkit/core/internal"
import { choice } from "@klingkit/core/requests"
import { type Job, Jobs } from "@klingkit/jobs"
import { jobOfRecord, statesOf } from "@klingkit/jobs/internal"
import { Effect, Stream } from "effect"
import * as z from "zod"
import { defineTool } from "../tool.ts"

const defaultPageSize = 10
/** The ledger returns at most this many at once. */
const farthestSearched = 500

export const listTasks = defineTool({
  name: "list_tasks",
  title: "List tasks",
  description: "Tasks of the account, newest first; search finds those in klingkit's ledger. Free.",
  toolset: "core",
  charged: false,
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: z.strictObject({
    page: z.int().min(1).max(1000).optional(),
    page_size: z.int().min(1).max(100).optional().describe(`Default ${defaultPageSize}`),
    status: choice(["submitted", "processing", "succeed", "failed"], {
      succeeded: "succeed",
      success: "succeed",
      completed: "succeed"
    }).optional(),
    start_time: z.string().optional().describe(`ISO 8601; default ${resultRetentionDays} days ago`),
    end_time: z.string().optional().describe("ISO 8601"),
    search: z.string().min(1).optional().describe("Words of the prompt")
  }),
  output: z.object({
    page: z.number(),
    has_more: z.boolean(),
    tasks: z.array(
      z.object({
        task_id: z.string(),
        status: z.string(),
        type: z.string().optional(),
        part_of: z.string().optional(),
        model: z.string().optional(),
        prompt: z.string().optional(),
        created_at: z.string().optional(),
        updated_at: z.string().optional()
      })
    )
  }),
  run: Effect.fnUntraced(function* ({ page = 1, page_size = defaultPageSize, status, start_time, end_time, search }) {
    const jobs = yield* Jobs
    const since = yield* timeOf("start_time", start_time)
    const until = yield* timeOf("end_time", end_time)
    const lastShown = page * page_size
    if (search !== undefined && lastShown > farthestSearched) {
      return yield* invalidInput([
        { field: "page", message: `is beyond the ${farthestSearched} newest matches; narrow the search` }
      ])
    }
    // Reads one more than is shown, to know whether there is another page.
    const read =
      search === undefined
        ? Stream.runCollect(
            Stream.take(
              jobs.list({
                pageSize: Math.min(500, lastShown + 1),
                ...(status === undefined ? {} : { status }),
                ...(since === undefined ? {} : { startTime: since }),
                ...(until === undefined ? {} : { endTime: until })
              }),
              lastShown + 1
            )
          )
        : Effect.map(
            jobs.history({
              search,
              limit: Math.min(farthestSearched, lastShown + 1),
              ...(status === undefined ? {} : { states: statesOf(status) }),
              ...(since === undefined ? {} : { since }),
              ...(until === undefined ? {} : { until })
            }),
            (found) => found.jobs.map(jobOfRecord)
          )
    const found = yield* read
    const has_more = found.length > lastShown
    const tasks = found.slice(lastShown - page_size, lastShown).map((job) => dataOf(job, page_size))
    return { structured: { page, has_more, tasks }, lines: linesOf(page, has_more, tasks) }
  })
})

type Listed = ReturnType<typeof dataOf>

const linesOf = (page: number, hasMore: boolean, tasks: ReadonlyArray<Listed>): ReadonlyArray<string> =>
  tasks.length === 0
    ? ["No tasks found."]
    : [
        `Kling AI Task List (Page ${page}):`,
        `Total Tasks: ${tasks.length} on this page${hasMore ? `, more on page ${page + 1}` : ""}`,
        ...tasks.flatMap(({ task_id, part_of, type, status, created_at, updated_at, model, prompt }) => [
          `Task ID: ${task_id}`,
          ...[`Status: ${status}`, type && `Type: ${type}`, model && `Model: ${model}`]
            .filter(Boolean)
            .map((line) => `- ${line}`),
          ...(part_of === undefined ? [] : [`- Part of: ${part_of}`]),
          ...(created_at === undefined ? [] : [`- Created: ${created_at}`]),
          ...(updated_at === undefined ? [] : [`- Updated: ${updated_at}`]),
          ...(prompt === undefined ? [] : [`- Prompt: ${prompt}`])
        ])
      ]

/** A long page shows less of each task: hosts cut results above 25 kB. */
const dataOf = ({ handle, task, record }: Job, pageSize: number) => {
  const longestPrompt = pageSize <= 20 ? 160 : pageSize <= 50 ? 40 : 0
  const type = longestPrompt === 0 ? undefined : (familyOfHandle(handle) ?? record?.family)
  return {
    task_id: handle,
    status: task.status,
    ...(type === undefined ? {} : { type }),
    ...(record?.pipeline === undefined ? {} : { part_of: record.pipeline }),
    ...(record === undefined || record.model === "" ? {} : { model: sanitizeText(record.model, 40) }),
    ...(record?.prompt === undefined || longestPrompt === 0
      ? {}
      : { prompt: sanitizeText(record.prompt, longestPrompt) }),
    ...(task.createdAt === undefined ? {} : { created_at: isoSeconds(task.createdAt) }),
    ...(task.updatedAt === undefined || longestPrompt === 0 ? {} : { updated_at: isoSeconds(task.updatedAt) })
  }
}

const isoSeconds = (millis: number): string => new Date(millis).toISOString().replace(/\.\d+Z$/, "Z")

const timeOf = (field: string, text: string | undefined): Effect.Effect<number | undefined, KlingError> => {
  if (text === undefined) return Effect.succeed(undefined)
  const millis = Date.parse(text)
  return Number.isNaN(millis)
    ? Effect.fail(invalidInput([{ field, message: "must be a time such as 2026-09-01T08:00:00Z" }]))
    : Effect.succeed(millis)
}
