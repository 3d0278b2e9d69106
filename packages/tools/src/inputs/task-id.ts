import * as z from "zod"

/** The argument by which every tool identifies a task. */
export const taskId = z.string().min(1).describe("Task ID from a tool, or Kling's task id")
