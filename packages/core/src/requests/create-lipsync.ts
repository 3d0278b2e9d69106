import { Effect } from "effect"
import * as z from "zod"
import { faceVideo, lipSyncAudio } from "../media/media-rules.ts"
import { invalidInput } from "../errors/kling-error.ts"
import { operations } from "../operations/catalog.ts"
import type { Problem } from "../errors/problem.ts"
import { planLipSync } from "../pipelines/lip-sync.ts"
import { planPipeline } from "../pipelines/pipeline-plan.ts"
import { planSpeech, defaultVoice } from "./create-speech.ts"
import { atField } from "./field-names.ts"
import { media } from "./media-field.ts"
import { planFields } from "./operation-fields.ts"
import type { PlanContext } from "./plan-context.ts"
import { defineRequest } from "./request.ts"

const secondsOf = ({ minSeconds, maxSeconds }: { readonly minSeconds: number; readonly maxSeconds: number }): string =>
  `${minSeconds} to ${maxSeconds} s`

const input = z.strictObject({
  video: media("video", `Video with a face, ${secondsOf(faceVideo)}: URL or Task ID`),
  audio: media("audio", `Speech: Task ID, URL or path, mp3/wav/m4a/aac, ${secondsOf(lipSyncAudio)}`).optional(),
  audioSeconds: z
    .number()
    .min(lipSyncAudio.minSeconds)
    .max(lipSyncAudio.maxSeconds)
    .describe("Its length, if by URL")
    .optional(),
  text: z.string().describe("Or text to speak").optional(),
  voice: z.string().describe(`Kling's voice id; default ${defaultVoice}`).optional(),
  speed: z.number().describe("0.8 to 2").optional()
})

type Input = z.output<typeof input>

const audioLengthUnknown =
  "the length of the audio is unknown: it is assumed to last as long as the face is visible; set {audioSeconds} if it is shorter"

export const createLipsync = defineRequest({
  id: "create_lipsync",
  title: "Create lip-sync",
  summary: "Make the face in a video speak a recording or text: face detection, text to speech, lip-sync",
  method: "video.lipSync",
  result: "video",
  input,
  example: { video: "https://example.com/face.mp4", text: "Good morning from the lighthouse" },
  source: "video",
  aliases: {
    video_url: "video",
    task_id: "video",
    audio_url: "audio",
    tts_text: "text",
    tts_voice: "voice",
    tts_speed: "speed"
  },
  refused: {
    model: "is not used: Kling's lip-sync has no models; leave it out",
    modelName: "is not used: Kling's lip-sync has no models; leave it out"
  },
  plan: (input, context) =>
    Effect.gen(function* () {
      const problems = problemsOf(input)
      if (problems.length > 0) return yield* invalidInput(problems)
      const { url, durationSeconds } = yield* context.video("video", input.video)
      // Held to the limits of face detection before anything is planned: Kling takes the video by URL only.
      const faces = yield* planFields(
        operations["legacy.identify-face"],
        { videoUrl: "video" },
        { video: url },
        context
      )
      const speech = yield* speechOf(input, context)
      const steps = yield* planLipSync({
        id: "lip-sync",
        video: String(faces.input["videoUrl"]),
        videoSeconds: durationSeconds,
        speech
      })
      const isOpen = !("operation" in speech) && speech.seconds === undefined
      return yield* planPipeline("lip-sync", steps, isOpen ? [audioLengthUnknown] : [])
    })
})

const problemsOf = ({ audio, audioSeconds, text, voice, speed }: Input): ReadonlyArray<Problem> => [
  ...((audio === undefined) === (text === undefined)
    ? [{ field: "audio", message: "or {text} is required, but not both" }]
    : []),
  ...Object.entries({ voice, speed })
    .filter(([, value]) => value !== undefined && text === undefined)
    .map(([field]) => ({ field, message: "requires {text}" })),
  ...(audioSeconds !== undefined && audio === undefined ? [{ field: "audioSeconds", message: "requires {audio}" }] : [])
]

/** Text as a step of its own, or audio as Kling takes it with its length where that is known. */
const speechOf = <E>({ audio, audioSeconds, text, voice, speed }: Input, context: PlanContext<E>) =>
  Effect.gen(function* () {
    if (text !== undefined) return yield* planSpeech({ text, voice, speed }, context)
    const read = yield* context
      .media(operations["legacy.advanced-lip-sync"], { faces: [{ soundFile: audio }] })
      .pipe(atField("audio"))
    const [face] = read["faces"] as ReadonlyArray<{ readonly soundFile: string }>
    const file = face?.soundFile ?? ""
    const seconds = audioSeconds ?? (yield* context.seconds(file))
    return { file, ...(seconds === undefined ? {} : { seconds }) }
  })
