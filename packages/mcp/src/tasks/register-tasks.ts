import { Jobs } from "@klingkit/jobs"
import { jobOfRecord } from "@klingkit/jobs/internal"
import { checkVideoStatus, formatError, type ToolFailure, type ToolNeeds } from "@klingkit/tools"
import {
  type McpServer,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext
} from "@modelcontextprotocol/server"
import { Effect, Option, Schema } from "effect"
import type { Services } from "../build-server.ts"
import { supportsTasks, tasksExtension } from "../client-capabilities.ts"
import { errorResult, successResult } from "../tool-result.ts"
import { detailedTask, unresolvedTask, unreachableTask } from "./task-state.ts"

const params = Schema.toStandardSchemaV1(Schema.Struct({ taskId: Schema.String }))

/**
 * The tasks extension over the same jobs: it holds no state, so any server that finds the job finds the task. Approval is
 * requested before a task exists; a running task never needs input, and cannot be cancelled.
 */
export const registerTasks = (server: McpServer, services: Services): void => {
  const getTask = (taskId: string, ctx: ServerContext) => {
    if (!supportsTasks(server, ctx)) throw undeclared()
    return services.runPromise(readTask(taskId), { signal: ctx.mcpReq.signal })
  }
  server.server.setRequestHandler("tasks/get", { params }, ({ taskId }, ctx) => getTask(taskId, ctx))
  for (const method of ["tasks/update", "tasks/cancel"]) {
    server.server.setRequestHandler(method, { params }, async ({ taskId }, ctx) => {
      await getTask(taskId, ctx)
      return {}
    })
  }
}

type TaskState = ReturnType<typeof detailedTask>

const readTask = (taskId: string): Effect.Effect<TaskState, ProtocolError, ToolNeeds> =>
  Effect.matchEffect(checkVideoStatus.call({ task_id: taskId }), {
    onFailure: (error) => afterFailure(taskId, error),
    onSuccess: (result) =>
      result.job === undefined
        ? Effect.fail(unknownTask())
        : Effect.succeed(detailedTask(result.job, successResult(result, true)))
  })

/** On an error a host may presume the task dead and have it made again, so a known state is returned instead. */
const afterFailure = Effect.fnUntraced(function* (
  taskId: string,
  error: ToolFailure
): Effect.fn.Return<TaskState, ProtocolError, Jobs> {
  const { _tag } = error.reason
  if (_tag === "TaskNotFound" || _tag === "InvalidInput") return yield* Effect.fail(unknownTask())
  const formatted = formatError(checkVideoStatus, error)
  const jobs = yield* Jobs
  const known = yield* Effect.option(jobs.history({ id: taskId, limit: 1 }))
  const record = Option.isSome(known) ? known.value.jobs[0] : undefined
  if (record !== undefined && _tag === "SubmissionUnknown")
    return unresolvedTask(jobOfRecord(record), errorResult(formatted))
  const isOnItsWay = error.isRetryable || _tag === "TaskNotVisible"
  if (record !== undefined && isOnItsWay) return unreachableTask(jobOfRecord(record), error.message)
  return yield* Effect.fail(new ProtocolError(ProtocolErrorCode.InternalError, formatted.lines.join("\n")))
})

const unknownTask = (): ProtocolError => new ProtocolError(ProtocolErrorCode.InvalidParams, "Unknown task")

const undeclared = (): MissingRequiredClientCapabilityError =>
  new MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: { [tasksExtension]: {} } } })
