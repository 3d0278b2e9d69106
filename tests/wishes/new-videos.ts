import { ffmpegFolder } from "@klingkit/media/testing"
import { expect } from "vitest"
import { mediaFacts } from "./media-facts.ts"
import { taskId, taskIds, type Wish } from "./wish.ts"

const fox = "A red fox walks through fresh snow, seen from close by"

const vertical: Wish = {
  row: "1",
  calls: [
    {
      tool: "generate_video",
      arguments: { prompt: fox, duration: 10, aspect_ratio: "9:16", audio: "native" },
      reads: { fox: taskId },
      alsoWritten: [{ prompt: fox, duration: "10s", aspect_ratio: "9x16", audio: true }]
    },
    { tool: "wait_for_task", arguments: { task_id: "$fox" }, says: [/^Status: succeed$/m] },
    { tool: "download_task", arguments: { task_id: "$fox" } }
  ],
  charges: ["new.t2v.kling-3.0"],
  outcome: async ({ saved: [file = ""] }) => {
    expect(await mediaFacts(file)).toEqual({ seconds: 10, hasAudio: true, aspectRatio: "9:16" })
  }
}

const continued: Wish = {
  row: "6",
  before: [
    { tool: "generate_video", arguments: { prompt: fox, aspect_ratio: "9:16" } },
    { tool: "generate_video", arguments: { prompt: "A boat leaves the harbour at dawn" } }
  ],
  calls: [
    { tool: "list_tasks", arguments: { search: "fox" }, reads: { first: taskId }, says: [/aspect_ratio 9:16/] },
    {
      tool: "extend_video",
      arguments: { task_id: "$first", prompt: "It stops at a frozen river and drinks", aspect_ratio: "9:16" },
      reads: { next: taskId }
    },
    { tool: "wait_for_task", arguments: { task_id: "$next" }, says: [/^Status: succeed$/m] },
    { tool: "download_task", arguments: { task_id: "$next" } }
  ],
  charges: ["new.omni.kling-3.0-omni"],
  outcome: async ({ saved: [file = ""] }) => {
    expect(await mediaFacts(file)).toEqual({ seconds: 5, hasAudio: false, aspectRatio: "9:16" })
  }
}

const take = { prompt: fox, duration: 3 }

const fourTakes: Wish = {
  row: "7",
  calls: [
    { tool: "generate_video", arguments: { ...take, variants: 4 }, reads: { takes: taskIds } },
    { tool: "wait_for_task", arguments: { task_ids: "$takes" }, says: [/^4 of 4 tasks have ended\.$/m] },
    { tool: "download_task", arguments: { task_ids: "$takes" } }
  ],
  charges: Array.from({ length: 4 }, () => "new.t2v.kling-3.0"),
  outcome: ({ saved }) => expect(saved).toHaveLength(4)
}

const bestOfFour: Wish = {
  row: "7b",
  settings: { PATH: ffmpegFolder },
  calls: [
    { tool: "generate_video", arguments: { ...take, variants: 4 }, reads: { takes: taskIds } },
    {
      tool: "wait_for_task",
      arguments: { task_ids: "$takes", preview: true },
      says: [/(?:^Preview of \S+: \d+x\d+ pixels, 9 frames in reading order, at .* s\n){4}/m]
    },
    { tool: "download_task", arguments: { task_id: "$takes[2]" } }
  ],
  charges: Array.from({ length: 4 }, () => "new.t2v.kling-3.0"),
  outcome: ({ saved, answers }) => {
    expect(answers.flatMap(({ images }) => images)).toHaveLength(4)
    expect(saved).toHaveLength(1)
  }
}

const cheaper: Wish = {
  row: "12",
  before: [
    {
      tool: "generate_video",
      arguments: { prompt: fox, resolution: "1080p", audio: "native" },
      reads: { expensive: taskId }
    }
  ],
  calls: [
    {
      tool: "quote_cost",
      arguments: { tool: "repeat_task", arguments: { task_id: "$expensive" } },
      says: [/^Cheaper: resolution 720p instead of 1080p: \$0\.63/m]
    },
    {
      tool: "repeat_task",
      arguments: { task_id: "$expensive", changes: { resolution: "720p" } },
      reads: { cheap: taskId },
      alsoWritten: [{ task_id: "$expensive", changes: '{"mode":"standard"}' }]
    },
    { tool: "wait_for_task", arguments: { task_id: "$cheap" }, says: [/^Status: succeed$/m] },
    { tool: "download_task", arguments: { task_id: "$cheap" } }
  ],
  charges: ["new.t2v.kling-3.0"],
  outcome: async ({ saved: [file = ""], sent }) => {
    expect(sent.map(({ body }) => body)).toMatchObject([{ settings: { resolution: "720p", audio: "native" } }])
    expect(await mediaFacts(file)).toMatchObject({ seconds: 5, hasAudio: true })
  }
}

export const newVideos: ReadonlyArray<Wish> = [vertical, continued, fourTakes, bestOfFour, cheaper]
