import { idField } from "@klingkit/core/requests"

/** The argument by which every tool identifies a task. */
export const taskId = idField("Task ID from a tool, or Kling's task id")
