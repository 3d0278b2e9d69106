import { invalidInput, operations } from "@klingkit/core"
import { Jobs, planChain, planLipSync, probeMedia, stepFailure, wholeOf } from "@klingkit/jobs"
import { Effect } from "effect"
import * as Base64 from "effect/encoding/Base64"
import * as z from "zod"
import { finishedClip } from "../inputs/finished-clip.ts"
import { paidArguments } from "../inputs/paid-arguments.ts"
import { planWithMedia } from "../inputs/plan-with-media.ts"
import { renameFields } from "../inputs/rename-fields.ts"
import { planSpeech, usualVoice } from "../inputs/speech-arguments.ts"
import { paidHints } from "../paid-tool.ts"
import { startFacts, submitResult } from "../results/submit-result.ts"
import { defineTool } from "../tool.ts"

const lipSync = operations["legacy.advanced-lip-sync"]

const input = z.strictObject({
  video_url: z.string().optional().describe("Clip with a face, 2 to 60 s; or task_id"),
  task_id: z.string().optional().describe("Task that made the clip"),
  audio_url: z.string().optional().describe("Speech: URL or path, mp3/wav/m4a/aac, 2 to 60 s"),
  audio_seconds: z.number().min(2).max(60).optional().describe("Its length, if a URL"),
  tts_text: z.string().min(1).optional().describe("Or text to speak"),
  tts_voice: z.string().optional().describe(`Kling's voice id; default ${usualVoice}`),
  tts_speed: z.number().optional().describe("0.8 to 2"),
  ...paidArguments
})

type Arguments = z.output<typeof input>

/** What is to be paid for, step by step. */
const planOf = Effect.fnUntraced(function* (args: Arguments) {
  const problems = problemsOf(args)
  if (problems.length > 0) return yield* invalidInput(problems)
  const clip = args.task_id === undefined ? undefined : yield* finishedClip("task_id", args.task_id)
  const clipField = clip === undefined ? "video_url" : "task_id"
  const speech = yield* speechOf(args)
  const steps = yield* planLipSync({
    id: "lip-sync",
    clip: yield* readClip(clip?.url ?? args.video_url, clipField),
    clipSeconds: clip?.durationSeconds,
    speech
  })
  const isOpen = !("operation" in speech) && speech.seconds === undefined
  return yield* planChain("lip-sync", steps, isOpen ? [soundLengthUnknown] : [])
})

const soundLengthUnknown =
  "the length of the sound is not known: it is taken to last as long as the face is seen; audio_seconds says otherwise"

/** The clip as Kling takes it: a URL. */
const readClip = (source: string | undefined, field: string) =>
  planWithMedia(operations["legacy.identify-face"], { videoUrl: source }, { videoUrl: field }).pipe(
    Effect.map(({ input: { videoUrl } }) => String(videoUrl))
  )

export const createLipsync = defineTool({
  name: "create_lipsync",
  title: "Create lip-sync",
  description:
    "Make the face in a clip speak a recording or a text. Paid: face search, text to speech, lip-sync. Gives a Task ID at once.",
  toolset: "core",
  charged: true,
  hints: paidHints,
  input,
  refused: { model_name: "has no meaning: Kling's lip-sync has no models; leave it out" },
  output: startFacts,
  plan: (args) => Effect.map(planOf(args), wholeOf),
  run: Effect.fnUntraced(function* (args) {
    const jobs = yield* Jobs
    const chain = yield* planOf(args)
    const { allow_repeat: allowRepeat = false, confirm_token: approval } = args
    const job = yield* jobs.begin(chain, { allowRepeat, ...(approval === undefined ? {} : { approval }) })
    const failed = stepFailure(job)
    if (failed !== undefined) return yield* failed
    return submitResult(wholeOf(chain), "Lip-sync video creation started successfully!", job)
  })
})

const problemsOf = ({ video_url, task_id, audio_url, audio_seconds, tts_text, tts_voice, tts_speed }: Arguments) => [
  ...((video_url === undefined) === (task_id === undefined)
    ? [{ field: "video_url", message: "or task_id is needed, and not both" }]
    : []),
  ...((audio_url === undefined) === (tts_text === undefined)
    ? [{ field: "audio_url", message: "or tts_text is needed, and not both" }]
    : []),
  ...Object.entries({ tts_voice, tts_speed })
    .filter(([, value]) => value !== undefined && tts_text === undefined)
    .map(([field]) => ({ field, message: "needs tts_text" })),
  ...(audio_seconds !== undefined && audio_url === undefined
    ? [{ field: "audio_seconds", message: "needs audio_url" }]
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
  const sound = face?.soundFile ?? ""
  const seconds = args.audio_seconds ?? (yield* secondsOf(sound))
  return { file: sound, ...(seconds === undefined ? {} : { seconds }) }
})

/** The length of a sound that was read here; one behind a URL is not fetched. */
const secondsOf = Effect.fnUntraced(function* (sound: string) {
  const bytes = /^https?:/i.test(sound) ? undefined : Base64.decode(sound)
  if (bytes === undefined || bytes._tag === "Failure") return undefined
  return (yield* probeMedia(bytes.success))?.durationSeconds
})
