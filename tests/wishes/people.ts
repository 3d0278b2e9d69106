import { expect } from "vitest"
import { mediaFacts } from "./media-facts.ts"
import { taskId, type Wish } from "./wish.ts"

const birthday = "Happy birthday, Anna! I hope you have a wonderful day."

const lipSynced: Wish = {
  row: "4",
  before: [
    {
      tool: "generate_video",
      arguments: { prompt: "A woman looks into the camera" },
      reads: { video: taskId }
    }
  ],
  calls: [
    {
      tool: "create_lipsync",
      arguments: { video_url: "$video", tts_text: birthday },
      reads: { spoken: taskId },
      alsoWritten: [{ task_id: "$video", tts_text: birthday }]
    },
    { tool: "wait_for_task", arguments: { task_id: "$spoken" }, says: [/^Status: succeed$/m] },
    { tool: "download_task", arguments: { task_id: "$spoken" } }
  ],
  charges: ["legacy.tts", "legacy.identify-face", "legacy.advanced-lip-sync"],
  outcome: async ({ saved: [file = ""] }) => expect(await mediaFacts(file)).toMatchObject({ hasAudio: true })
}

const localVideo: Wish = {
  row: "4b",
  calls: [
    {
      tool: "create_lipsync",
      arguments: { video_url: "~/Movies/me.mp4", tts_text: birthday },
      refused: true,
      says: [/Kling takes no video as a file/, /^Charged: no$/m]
    }
  ],
  charges: []
}

export const people: ReadonlyArray<Wish> = [lipSynced, localVideo]
