import { extname } from "node:path"
import { expect } from "vitest"
import { taskId, type Wish } from "./wish.ts"

const reason = "The prompt may show violence"

const failed: Wish = {
  row: "11",
  kling: { faults: { faults: [{ fault: "fail", message: reason }] } },
  before: [{ tool: "generate_video", arguments: { prompt: "Two knights fight at dawn" } }],
  calls: [
    {
      tool: "list_tasks",
      arguments: { status: "failed" },
      says: [new RegExp(`Message: Kling says: "${reason}"$`, "m"), /- Charged: /]
    }
  ],
  charges: []
}

const ofThisWeek = [
  { tool: "generate_video", arguments: { prompt: "A boat leaves the harbour", duration: 3 }, reads: { boat: taskId } },
  { tool: "generate_image", arguments: { prompt: "A lighthouse in fog", num_images: 2 } },
  { tool: "create_lipsync", arguments: { video_url: "$boat", tts_text: "Good morning, and welcome on board!" } },
  { tool: "wait_for_task", arguments: { task_ids: ["unsaved"] } }
]

const spent: Wish = {
  row: "5",
  before: ofThisWeek,
  calls: [{ tool: "spend", arguments: { since: "this week" }, reads: { usd: /\(UTC\): \$([\d.]+) for \d+ tasks/ } }],
  charges: [],
  outcome: ({ known, totalUsd }) => expect(Number(known["usd"])).toBeCloseTo(totalUsd, 6)
}

const allSaved: Wish = {
  row: "8",
  before: ofThisWeek,
  calls: [{ tool: "download_task", arguments: { task_ids: ["unsaved"] }, says: [/^Saved 4 files/] }],
  charges: [],
  outcome: ({ saved }) => expect(saved.map((path) => extname(path))).toEqual([".mp4", ".png", ".png", ".mp4"])
}

const canceled: Wish = {
  row: "14",
  // Slow enough to be still running when the user thinks better of it.
  kling: { speed: 1 },
  before: [{ tool: "generate_video", arguments: { prompt: "A boat leaves the harbour" }, reads: { boat: taskId } }],
  calls: [
    {
      tool: "find_tool",
      arguments: { query: "cancel a task" },
      says: [/Kling cannot cancel a task: it keeps running, and what is charged stays charged/, /Instead: /]
    }
  ],
  charges: []
}

export const questions: ReadonlyArray<Wish> = [spent, allSaved, failed, canceled]
