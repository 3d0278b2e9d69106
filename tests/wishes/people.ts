import { expect } from "vitest"
import { mediaFacts } from "./media-facts.ts"
import { type Call, taskId, type Wish } from "./wish.ts"

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
      says: [/Kling takes videos by URL only .* give its https URL/, /^Charged: no$/m]
    }
  ],
  charges: []
}

const readable = { KLINGKIT_INPUT_DIRS: "~/Pictures" }
const portrait = "~/Pictures/mila.png"

const createMila: ReadonlyArray<Call> = [
  {
    tool: "manage_elements",
    arguments: { action: "create", name: "Mila", description: "A girl in a yellow raincoat", image_urls: [portrait] },
    reads: { mila: taskId }
  },
  { tool: "wait_for_task", arguments: { task_id: "$mila" }, reads: { element: /^- ID: (\d+)$/m } }
]

const scenes = [
  "@element_1 waits at a bus stop in the rain",
  "@element_1 gets on the bus and sits down by the window",
  "@element_1 draws a heart on the wet window"
]

const sceneOf = (prompt: string, index: number): Call => ({
  tool: "generate_video",
  arguments: { prompt, element_ids: ["$element"], duration: 3 },
  reads: { [`scene${index}`]: taskId },
  alsoWritten: [{ prompt, element_ids: "$mila", duration: "3s" }]
})

const tasksOfScenes = { task_ids: ["$scene0", "$scene1", "$scene2"] }

const sameCharacter: Wish = {
  row: "3",
  settings: readable,
  images: ["Pictures/mila.png"],
  calls: [
    ...createMila,
    ...scenes.map(sceneOf),
    { tool: "wait_for_task", arguments: tasksOfScenes, says: [/^3 of 3 tasks have ended\.$/m] },
    { tool: "download_task", arguments: tasksOfScenes }
  ],
  charges: Array.from({ length: 3 }, () => "new.omni.kling-3.0-omni"),
  outcome: ({ saved, sent, known }) => {
    expect(saved).toHaveLength(3)
    const requests = sent.filter(({ path }) => path.startsWith("/omni-video/"))
    expect(requests.map(({ body }) => elementsIn(body))).toEqual(Array.from({ length: 3 }, () => [known["element"]]))
  }
}

const inOneVideo: Wish = {
  row: "3b",
  settings: readable,
  images: ["Pictures/mila.png"],
  calls: [
    ...createMila,
    {
      tool: "generate_video",
      arguments: { shots: scenes.map((prompt) => ({ prompt, duration: 3 })), element_ids: ["$element"] },
      reads: { video: taskId }
    },
    { tool: "wait_for_task", arguments: { task_id: "$video" }, says: [/^Status: succeed$/m] },
    { tool: "download_task", arguments: { task_id: "$video" } }
  ],
  charges: ["new.omni.kling-3.0-omni"],
  outcome: async ({ saved: [file = ""], sent, known }) => {
    expect(await mediaFacts(file)).toMatchObject({ seconds: 9 })
    expect(elementsIn(sent.at(-1)?.body ?? {})).toEqual([known["element"]])
  }
}

/** The elements that a request to Kling names. */
const elementsIn = (body: Readonly<Record<string, unknown>>): ReadonlyArray<unknown> => {
  const contents = body["contents"] as ReadonlyArray<{ readonly type: string; readonly element_id?: unknown }>
  return contents.filter(({ type }) => type === "element").map(({ element_id }) => String(element_id))
}

const welcome = "Welcome! I am Mila, and I show you around."

const avatar: Wish = {
  row: "15",
  settings: readable,
  images: ["Pictures/mila.png"],
  calls: [
    { tool: "generate_audio", arguments: { kind: "speech", text: welcome }, reads: { speech: taskId } },
    {
      tool: "create_avatar_video",
      arguments: { image_url: portrait, audio_id: "$speech" },
      reads: { avatar: taskId }
    },
    { tool: "wait_for_task", arguments: { task_id: "$avatar" }, says: [/^Status: succeed$/m] },
    { tool: "download_task", arguments: { task_id: "$avatar" } }
  ],
  charges: ["legacy.tts", "legacy.avatar"],
  outcome: async ({ saved: [file = ""] }) => expect(await mediaFacts(file)).toMatchObject({ hasAudio: true })
}

export const people: ReadonlyArray<Wish> = [lipSynced, localVideo, sameCharacter, inOneVideo, avatar]
