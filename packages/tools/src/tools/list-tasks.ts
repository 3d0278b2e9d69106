import { familyOfHandle, type KlingError } from "@klingkit/core"
import { invalidInput, resultRetentionDays } from "@klingkit/core/internal"
import { choice } from "@klingkit/core/requests"
import { type Job, Jobs, promptOfJob, receiptOfJob } from "@klingkit/jobs"
import { jobOfRecord, statesOf } from "@klingkit/jobs/internal"
import { Effect, Stream } from "effect"
import * as z from "zod"
import { factLines, structuredFacts } from "../results/request-facts.ts"
import { messageOf } from "../results/task-result.ts"
import { truncateToBudget } from "../results/truncate-to-budget.ts"
import { defineTool } from "../tool.ts"

const defaultPageSize = 10
/** With all facts of each, more would not fit in what hosts show of a result. */
const largestPage = 20
/** Characters. */
const longestPrompt = 160
const longestMessage = 200
/** The ledger returns at most this many at once. */
const farthestSearched = 500

export const listTasks = defineTool({
  name: "list_tasks",
  title: "List tasks",
  description: "Tasks, newest first, with prompt, settings, cost, and why one failed. Free.",
  toolset: "core",
  charged: false,
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: z.strictObject({
    page: z.int().min(1).max(1000).optional(),
    page_size: z.int().min(1).max(1000).optional().describe(`Default ${defaultPageSize}, at most ${largestPage}`),
    status: choice(["submitted", "processing", "succeed", "failed", "unsaved"], {
      succeeded: "succeed",
      success: "succeed",
      completed: "succeed"
    }).optional(),
    start_time: z.string().optional().describe(`ISO 8601; default ${resultRetentionDays} days ago`),
    end_time: z.string().optional(),
    search: z.string().min(1).optional().describe("Words of the prompt")
  }),
  output: z.object({
    page: z.number(),
    page_size: z.number(),
    has_more: z.boolean(),
    // Its other fields are left to the result itself: each description is paid for by every conversation.
    tasks: z.array(z.looseObject({ task_id: z.string(), status: z.string() })),
    next: z.string().optional()
  }),
  run: Effect.fnUntraced(function* ({ page = 1, page_size: asked, status, start_time, end_time, search }) {
    const jobs = yield* Jobs
    const page_size = Math.min(largestPage, asked ?? defaultPageSize)
    const since = yield* timeOf("start_time", start_time)
    const until = yield* timeOf("end_time", end_time)
    const lastShown = page * page_size
    if (search !== undefined && lastShown > farthestSearched) {
      return yield* invalidInput([
        { field: "page", message: `is beyond the ${farthestSearched} newest matches; narrow the search` }
      ])
    }
    const times = {
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until })
    }
    const candidates =
      status === "unsaved"
        ? Stream.filter(Stream.fromIterable(yield* jobs.unsaved()), isAsked({ search, ...times }))
        : search === undefined
          ? jobs.list({
              pageSize: Math.min(500, lastShown + 1),
              ...(status === undefined ? {} : { status }),
              ...(since === undefined ? {} : { startTime: since }),
              ...(until === undefined ? {} : { endTime: until })
            })
          : Stream.fromIterable(
              (yield* jobs.history({
                search,
                limit: farthestSearched,
                ...(status === undefined ? {} : { states: statesOf(status) }),
                ...times
              })).jobs.map(jobOfRecord)
            )
    // Reads one more than is shown, to know whether there is another page.
    const found = yield* jobs.wholes(candidates).pipe(
      // A step may be in another state than its pipeline.
      Stream.filter(({ task }) => status === undefined || status === "unsaved" || task.status === status),
      Stream.take(lastShown + 1),
      Stream.runCollect
    )
    const ofPage = found.slice(lastShown - page_size, lastShown).map(dataOf)
    const tasks = truncateToBudget(ofPage, (one) => [one, linesOfTask(one)])
    const isCut = tasks.length < ofPage.length
    const nextPage = isCut
      ? { page: pageAfter(lastShown - page_size + tasks.length, tasks.length), page_size: tasks.length }
      : { page: page + 1, page_size }
    const has_more = isCut || found.length > lastShown
    const next = `Call list_tasks with page ${nextPage.page} and page_size ${nextPage.page_size}: not all tasks of this page have room.`
    const limited =
      asked !== undefined && asked > page_size ? [`page_size ${asked} is beyond its limit: ${page_size} was used.`] : []
    return {
      structured: { page, page_size, has_more, tasks: [...tasks], ...(isCut ? { next } : {}) },
      lines:
        tasks.length === 0
          ? ["No tasks found."]
          : [
              `Kling AI Task List (Page ${page}):`,
              `Total Tasks: ${tasks.length} on this page${has_more ? `, more on page ${nextPage.page}` : ""}`,
              ...tasks.flatMap(linesOfTask),
              ...limited,
              ...(isCut ? [`Next: ${next}`] : [])
            ]
    }
  })
})

/** The page of this size that holds the task after the first `count`: none is left out, some may be shown again. */
const pageAfter = (count: number, size: number): number => Math.floor(count / size) + 1

const isAsked =
  ({ search = "", since = 0, until = Infinity }: { search?: string | undefined; since?: number; until?: number }) =>
  (job: Job): boolean => {
    const { createdAt = 0 } = job.task
    const prompt = promptOfJob(job) ?? ""
    return createdAt >= since && createdAt < until && prompt.toLowerCase().includes(search.toLowerCase())
  }

type Listed = ReturnType<typeof dataOf>

const linesOfTask = (task: Listed): ReadonlyArray<string> => {
  const { task_id, part_of, steps, type, status, message, quoted, charged, created_at, updated_at } = task
  return [
    `Task ID: ${task_id}`,
    ...[
      `Status: ${status}`,
      message && `Message: Kling says: "${message}"`,
      type && `Type: ${type}${steps === undefined ? "" : `, ${steps} steps`}`,
      part_of && `Part of: ${part_of}`,
      ...factLines(task),
      charged === undefined ? quoted && `Quoted: ${quoted}` : `Charged: ${charged}`,
      created_at && `Created: ${created_at}`,
      updated_at && `Updated: ${updated_at}`
    ].flatMap((line) => (line === undefined || line === "" ? [] : [`- ${line}`]))
  ]
}

const dataOf = (job: Job) => {
  const { handle, task, record, pipeline } = job
  const type = familyOfHandle(handle) ?? record?.family
  const { quoted, charged } = receiptOfJob(job)
  const message = task.status === "failed" ? messageOf(task, longestMessage) : undefined
  return {
    task_id: handle,
    status: task.status,
    ...(message === undefined ? {} : { message }),
    ...(type === undefined ? {} : { type }),
    ...(record?.pipeline === undefined ? {} : { part_of: record.pipeline }),
    ...(pipeline === undefined ? {} : { steps: pipeline.steps.length }),
    ...structuredFacts(job, longestPrompt),
    ...(quoted === undefined || charged !== undefined ? {} : { quoted }),
    ...(charged === undefined ? {} : { charged }),
    ...(task.createdAt === undefined ? {} : { created_at: isoSeconds(task.createdAt) }),
    ...(task.updatedAt === undefined ? {} : { updated_at: isoSeconds(task.updatedAt) })
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
