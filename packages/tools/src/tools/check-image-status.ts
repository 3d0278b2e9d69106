import { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import * as z from "zod"
import { taskId } from "../inputs/task-id.ts"
import { previewArgument, statusSchema, statusResult } from "../results/status-result.ts"
import { defineTool } from "../tool.ts"

export const checkImageStatus = defineTool({
  name: "check_image_status",
  title: "Check image status",
  description: "Status and results of an image task. Free. To wait: wait_for_task.",
  toolset: "core",
  charged: false,
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: z.strictObject({ task_id: taskId, preview: previewArgument }),
  output: statusSchema,
  run: ({ task_id, preview }) =>
    Jobs.use((jobs) => jobs.status(task_id)).pipe(Effect.flatMap((job) => statusResult(job, preview)))
})
