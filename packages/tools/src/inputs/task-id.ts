import * as z from "zod"

/** The one argument of every tool that speaks of a task. */
export const taskId = z.string().min(1).describe("Task ID that a tool printed, or Kling's own task id")
