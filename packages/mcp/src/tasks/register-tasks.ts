import { jobOfRecord, Jobs } from "@klingkit/jobs"
import { checkVideoStatus, errorWords, type ToolFailure, type ToolNeeds } from "@klingkit/tools"
import {
  type McpServer,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext
} from "@modelcontextprotocol/server"
import { Effect, Option, Schema } from "effect"
import type { Services } from "../build-server.ts"
import { followsTasks, tasksExtension } from "../client-capabilities.ts"
import { errorResult, successResult } from "../tool-result.ts"
import { detailedTask, lostTask, unseenTask } from "./task-state.ts"

const params = Schema.toStandardSchemaV1(Schema.Struct({ taskId: Schema.String }))

/**
 * The tasks extension over the same jobs: nothing is kept here, so a task is found by any server that finds its job.
 * Questions about money are asked before there is a task; one under way never needs input, and nothing can cancel it.
 */
export const registerTasks = (server: McpServer, services: Services): void => {
  const look = (taskId: string, ctx: ServerContext) => {
    if (!followsTasks(server, ctx)) throw undeclared()
    return services.runPromise(lookAt(taskId), { signal: ctx.mcpReq.signal })
  }
  server.server.setRequestHandler("tasks/get", { params }, ({ taskId }, ctx) => look(taskId, ctx))
  for (const method of ["tasks/update", "tasks/cancel"]) {
    server.server.setRequestHandler(method, { params }, async ({ taskId }, ctx) => {
      await look(taskId, ctx)
      return {}
    })
  }
}

type Seen = ReturnType<typeof detailedTask>

const lookAt = (taskId: string): Effect.Effect<Seen, ProtocolError, ToolNeeds> =>
  Effect.matchEffect(checkVideoStatus.call({ task_id: taskId }), {
    onFailure: (error) => afterFailure(taskId, error),
    onSuccess: (looked) =>
      looked.job === undefined
        ? Effect.fail(unknownTask())
        : Effect.succeed(detailedTask(looked.job, successResult(looked, true)))
  })

/** A host that hears an error may take the task for dead and have it made again: where there is a state, it is told. */
const afterFailure = Effect.fnUntraced(function* (
  taskId: string,
  error: ToolFailure
): Effect.fn.Return<Seen, ProtocolError, Jobs> {
  const { _tag } = error.reason
  if (_tag === "TaskNotFound" || _tag === "InvalidInput") return yield* Effect.fail(unknownTask())
  const words = errorWords(checkVideoStatus, error)
  const jobs = yield* Jobs
  const known = yield* Effect.option(jobs.history({ id: taskId, limit: 1 }))
  const record = Option.isSome(known) ? known.value.jobs[0] : undefined
  if (record !== undefined && _tag === "SubmissionUnknown") return lostTask(jobOfRecord(record), errorResult(words))
  if (record !== undefined && error.isRetryable) return unseenTask(jobOfRecord(record), error.message)
  return yield* Effect.fail(new ProtocolError(ProtocolErrorCode.InternalError, words.lines.join("\n")))
})

const unknownTask = (): ProtocolError => new ProtocolError(ProtocolErrorCode.InvalidParams, "Unknown task")

const undeclared = (): MissingRequiredClientCapabilityError =>
  new MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: { [tasksExtension]: {} } } })
