import { id } from "@klingkit/core/requests"

/** The argument by which every tool identifies a task. */
export const taskId = id("Task ID from a tool, or Kling's task id")
