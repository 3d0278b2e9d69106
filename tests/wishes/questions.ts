import { taskId, type Wish } from "./wish.ts"

const reason = "The prompt may show violence"

const failed: Wish = {
  row: "11",
  kling: { faults: { faults: [{ fault: "fail", message: reason }] } },
  before: [{ tool: "generate_video", arguments: { prompt: "Two knights fight at dawn" } }],
  calls: [
    { tool: "list_tasks", arguments: { status: "failed" }, reads: { failed: taskId } },
    {
      tool: "check_video_status",
      arguments: { task_id: "$failed" },
      says: [new RegExp(`^Message: Kling says: "${reason}"$`, "m"), /^Charged: /m, /^Next: /m]
    }
  ],
  charges: []
}

export const questions: ReadonlyArray<Wish> = [failed]
