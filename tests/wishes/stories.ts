import { extname } from "node:path"
import { expect } from "vitest"
import { mediaFacts } from "./media-facts.ts"
import { taskId, type Wish } from "./wish.ts"

const keeper = "An old lighthouse keeper in a blue coat"

/** Five shots, 30 seconds: one video has 15 at most. */
const firstHalf = [
  { prompt: `${keeper} climbs a spiral staircase with a lamp in his hand`, duration: 5 },
  { prompt: `${keeper} lights the great lens, which begins to turn`, duration: 5 },
  { prompt: "The beam sweeps over a dark sea with high waves", duration: 5 }
]
const secondHalf = [
  { prompt: "A small fishing boat turns its bow towards the light", duration: 8 },
  { prompt: `${keeper} watches the boat come in at dawn, and smiles`, duration: 7 }
]

const narration = {
  kind: "speech",
  text: "Every evening, for forty years, he has climbed these stairs. He lights the lamp, and the light goes out over the sea. Most nights nobody sees it. But some nights there is a boat, and then he stays awake until the morning."
}

const halves = ["$first", "$second"]

const narrated: Wish = {
  row: "13",
  calls: [
    {
      tool: "quote_cost",
      arguments: {
        steps: [
          { id: "first", tool: "generate_video", arguments: { shots: firstHalf } },
          { id: "second", tool: "generate_video", arguments: { shots: secondHalf } },
          { id: "voice", tool: "generate_audio", arguments: narration }
        ]
      },
      reads: { quoted: /^Together: Quote: ([\d.]+) USD/m }
    },
    { tool: "generate_video", arguments: { shots: firstHalf }, reads: { first: taskId } },
    { tool: "generate_video", arguments: { shots: secondHalf }, reads: { second: taskId } },
    { tool: "generate_audio", arguments: narration, reads: { voice: taskId } },
    { tool: "wait_for_task", arguments: { task_ids: halves }, says: [/^2 of 2 tasks have ended\.$/m] },
    { tool: "download_task", arguments: { task_ids: [...halves, "$voice"] } }
  ],
  charges: ["new.t2v.kling-3.0", "new.t2v.kling-3.0", "legacy.tts"],
  outcome: async ({ saved, totalUsd, known }) => {
    expect(Number(known["quoted"])).toBeCloseTo(totalUsd, 6)
    expect(saved.map((path) => extname(path))).toEqual([".mp4", ".mp4", ".mp3"])
    const videos = await Promise.all(saved.slice(0, 2).map(mediaFacts))
    expect(videos.map(({ seconds }) => seconds)).toEqual([15, 15])
  }
}

const together: Wish = {
  row: "13b",
  calls: [
    {
      tool: "find_tool",
      arguments: { query: "join the videos into one file" },
      says: [/No tool joins videos into one file/, /Instead: /]
    }
  ],
  charges: []
}

export const stories: ReadonlyArray<Wish> = [narrated, together]
