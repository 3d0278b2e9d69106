import { invalidInput, operations } from "@klingkit/core"
import { Jobs, planPipeline, planLipSync, probeMedia, stepFailure, toPlan } from "@klingkit/jobs"
import { Effect } from "effect"
import * as Base64 from "effect/encoding/Base64"
import * as z from "zod"
import { finishedVideo } from "../inputs/finished-video.ts"
import { paidArguments } from "../inputs/paid-arguments.ts"
import { planWithMedia } from "../inputs/plan-with-media.ts"
import { renameFields } from "../inputs/rename-fields.ts"
import { planSpeech, defaultVoice } from "../inputs/speech-arguments.ts"
import { paidHints } from "../paid-tool.ts"
import { startSchema, submitResult } from "../results/submit-result.ts"
import { defineTool } from "../tool.ts"

const lipSync = operations["legacy.advanced-lip-sync"]

const input = z.strictObject({
  video_url: z.string().optional().describe("Video with a face, 2 to 60 s; or task_id"),
  task_id: z.string().optional().describe("Task that made the video"),
  audio_url: z.string().optional().describe("Speech: URL or path, mp3/wav/m4a/aac, 2 to 60 s"),
  audio_seconds: z.number().min(2).max(60).optional().describe("Its length, if by URL"),
  tts_text: z.string().min(1).optional().describe("Or text to speak"),
  tts_voice: z.string().optional().describe(`Kling's voice id; default ${defaultVoice}`),
  tts_speed: z.number().optional().describe("0.8 to 2"),
  ...paidArguments
})

type Arguments = z.output<typeof input>

/** The steps to pay for. */
const planOf = Effect.fnUntraced(function* (args: Arguments) {
  const problems = problemsOf(args)
  if (problems.length > 0) return yield* invalidInput(problems)
  const source = args.task_id === undefined ? undefined : yield* finishedVideo("task_id", args.task_id)
  const field = source === undefined ? "video_url" : "task_id"
  const speech = yield* speechOf(args)
  const steps = yield* planLipSync({
    id: "lip-sync",
    video: yield* readVideo(source?.url ?? args.video_url, field),
    videoSeconds: source?.durationSeconds,
    speech
  })
  const isOpen = !("operation" in speech) && speech.seconds === undefined
  return yield* planPipeline("lip-sync", steps, isOpen ? [audioLengthUnknown] : [])
})

const audioLengthUnknown =
  "the length of the audio is unknown: it is assumed to last as long as the face is visible; set audio_seconds if it is shorter"

/** The video as Kling takes it: a URL. */
const readVideo = (source: string | undefined, field: string) =>
  planWithMedia(operations["legacy.identify-face"], { videoUrl: source }, { videoUrl: field }).pipe(
    Effect.map(({ input: { videoUrl } }) => String(videoUrl))
  )

export const createLipsync = defineTool({
  name: "create_lipsync",
  title: "Create lip-sync",
  description:
    "Make the face in a video speak a recording or text. Paid: face search, speech, lip-sync. Returns a Task ID at once.",
  toolset: "core",
  charged: true,
  hints: paidHints,
  input,
  refused: { model_name: "is not used: Kling's lip-sync has no models; leave it out" },
  output: startSchema,
  plan: (args) => Effect.map(planOf(args), toPlan),
  run: Effect.fnUntraced(function* (args) {
    const jobs = yield* Jobs
    const pipeline = yield* planOf(args)
    const { allow_duplicate: allowDuplicate = false, confirm_token: approval } = args
    const job = yield* jobs.startPipeline(pipeline, { allowDuplicate, ...(approval === undefined ? {} : { approval }) })
    const failed = stepFailure(job)
    if (failed !== undefined) return yield* failed
    return submitResult(toPlan(pipeline), "Lip-sync video creation started successfully!", job)
  })
})

const problemsOf = ({ video_url, task_id, audio_url, audio_seconds, tts_text, tts_voice, tts_speed }: Arguments) => [
  ...((video_url === undefined) === (task_id === undefined)
    ? [{ field: "video_url", message: "or task_id is required, but not both" }]
    : []),
  ...((audio_url === undefined) === (tts_text === undefined)
    ? [{ field: "audio_url", message: "or tts_text is required, but not both" }]
    : []),
  ...Object.entries({ tts_voice, tts_speed })
    .filter(([, value]) => value !== undefined && tts_text === undefined)
    .map(([field]) => ({ field, message: "requires tts_text" })),
  ...(audio_seconds !== undefined && audio_url === undefined
    ? [{ field: "audio_seconds", message: "requires audio_url" }]
    : [])
]

const speechOf = Effect.fnUntraced(function* (args: Arguments) {
  if (args.tts_text !== undefined) {
    const { tts_text: text, tts_voice: voice, tts_speed: speed } = args
    return yield* planSpeech({ text, voice, speed }, "tts_")
  }
  const jobs = yield* Jobs
  const read = yield* jobs
    .mediaOf(lipSync, { faces: [{ soundFile: args.audio_url }] })
    .pipe(renameFields({ "faces[0].soundFile": "audio_url" }))
  const [face] = read["faces"] as ReadonlyArray<{ readonly soundFile: string }>
  const file = face?.soundFile ?? ""
  const seconds = args.audio_seconds ?? (yield* secondsOf(file))
  return { file, ...(seconds === undefined ? {} : { seconds }) }
})

/** The length of local audio; a URL is not fetched. */
const secondsOf = Effect.fnUntraced(function* (audio: string) {
  const bytes = /^https?:/i.test(audio) ? undefined : Base64.decode(audio)
  if (bytes === undefined || bytes._tag === "Failure") return undefined
  return (yield* probeMedia(bytes.success))?.durationSeconds
})
