import type { Job } from "@klingkit/jobs"
import { checkVideoStatus, errorWords, type ToolFailure, type ToolNeeds } from "@klingkit/tools"
import {
  type CallToolResult,
  type McpServer,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext
} from "@modelcontextprotocol/server"
import { Effect, Schema } from "effect"
import type { Services } from "../build-server.ts"
import { followsTasks, tasksExtension } from "../client-capabilities.ts"
import { successResult } from "../tool-result.ts"
import { detailedTask } from "./task-state.ts"

const params = Schema.toStandardSchemaV1(Schema.Struct({ taskId: Schema.String }))

/**
 * The tasks extension over the same jobs: nothing is kept here, so a task is found by any server that finds its job.
 * Questions about money are asked before there is a task; one under way never needs input, and nothing can cancel it.
 */
export const registerTasks = (server: McpServer, services: Services): void => {
  const answer =
    <A extends Record<string, unknown>>(answerOf: (looked: Looked) => A) =>
    ({ taskId }: { readonly taskId: string }, ctx: ServerContext): Promise<A> => {
      if (!followsTasks(server, ctx)) throw undeclared()
      return services.runPromise(Effect.map(lookAt(taskId), answerOf), { signal: ctx.mcpReq.signal })
    }
  server.server.setRequestHandler(
    "tasks/get",
    { params },
    answer(({ job, result }) => detailedTask(job, result))
  )
  for (const method of ["tasks/update", "tasks/cancel"]) {
    server.server.setRequestHandler(
      method,
      { params },
      answer(() => ({}))
    )
  }
}

interface Looked {
  readonly job: Job
  readonly result: CallToolResult
}

const lookAt = (taskId: string): Effect.Effect<Looked, ProtocolError, ToolNeeds> =>
  Effect.flatMap(Effect.mapError(checkVideoStatus.call({ task_id: taskId }), problemOf), (looked) =>
    looked.job === undefined
      ? Effect.fail(unknownTask())
      : Effect.succeed({ job: looked.job, result: successResult(looked, true) })
  )

/** A request that is wrong, or a look that failed. */
const problemOf = (error: ToolFailure): ProtocolError =>
  error.reason._tag === "TaskNotFound" || error.reason._tag === "InvalidInput"
    ? unknownTask()
    : new ProtocolError(ProtocolErrorCode.InternalError, errorWords(checkVideoStatus, error).lines.join("\n"))

const unknownTask = (): ProtocolError => new ProtocolError(ProtocolErrorCode.InvalidParams, "Unknown task")

const undeclared = (): MissingRequiredClientCapabilityError =>
  new MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: { [tasksExtension]: {} } } })
