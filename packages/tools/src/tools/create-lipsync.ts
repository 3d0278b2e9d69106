import { invalidInput, operations, type Plan, sumOfQuotes } from "@klingkit/core"
import { fingerprintOf, jobOfRecord, Jobs, probeMedia } from "@klingkit/jobs"
import { Clock, Effect, Fiber, Schedule } from "effect"
import * as Base64 from "effect/encoding/Base64"
import * as z from "zod"
import { finishedClip } from "../inputs/finished-clip.ts"
import { paidArguments } from "../inputs/paid-arguments.ts"
import { planWithMedia } from "../inputs/plan-with-media.ts"
import { renameFields } from "../inputs/rename-fields.ts"
import { planSpeech, usualVoice } from "../inputs/speech-arguments.ts"
import { lipSyncQuote, type LipSyncWish, runLipSync, type Speech } from "../lip-sync-steps.ts"
import { paidHints } from "../paid-tool.ts"
import { submitFacts, submitResult } from "../results/submit-result.ts"
import { defineTool, type ToolFailure } from "../tool.ts"

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

const wishOf = Effect.fnUntraced(function* (args: Arguments) {
  const problems = problemsOf(args)
  if (problems.length > 0) return yield* invalidInput(problems)
  const clip = args.task_id === undefined ? undefined : yield* finishedClip("task_id", args.task_id)
  const clipField = clip === undefined ? "video_url" : "task_id"
  const faces = yield* planWithMedia(
    operations["legacy.identify-face"],
    { videoUrl: clip?.url ?? args.video_url },
    { videoUrl: clipField }
  )
  const speech = yield* speechOf(args)
  const clipSeconds = clip?.durationSeconds
  const whole: Plan = {
    operation: lipSync,
    input: { clip: faces.input, speech: "text" in speech ? speech.text.input : speech },
    model: "",
    reasons: ["one face of the clip is found, then it speaks"],
    warnings:
      "text" in speech || speech.seconds !== undefined
        ? []
        : [
            "the length of the sound is not known: it is taken to last as long as the face is seen; audio_seconds says otherwise"
          ],
    quote: sumOfQuotes([...("text" in speech ? [speech.text.quote] : []), faces.quote, lipSyncQuote(clipSeconds)])
  }
  return { whole, faces, speech, clipSeconds } satisfies LipSyncWish
})

export const createLipsync = defineTool({
  name: "create_lipsync",
  title: "Create lip-sync",
  description:
    "Make the face in a clip speak a recording or a text. Paid: face search, text to speech, lip-sync. Takes up to 30 s, then gives a Task ID.",
  toolset: "core",
  charged: true,
  hints: paidHints,
  input,
  refused: { model_name: "has no meaning: Kling's lip-sync has no models; leave it out" },
  output: submitFacts,
  plan: (args) => Effect.map(wishOf(args), ({ whole }) => whole),
  run: Effect.fnUntraced(function* (args) {
    const jobs = yield* Jobs
    const wish = yield* wishOf(args)
    const { whole } = wish
    const opening = "Lip-sync video creation started successfully!"
    const allowRepeat = args.allow_repeat === true
    const earlier = allowRepeat ? undefined : yield* sameWish(whole)
    if (earlier !== undefined) return submitResult(whole, opening, earlier)
    yield* jobs.admit(whole, args.confirm_token)
    // Whoever waits may be cut off; what is paid for goes on to its end.
    const steps = yield* Effect.forkDetach(runLipSync(wish, allowRepeat))
    const job = yield* Effect.catchIf(Fiber.join(steps), isRepeated, (error) => whenReady(whole, error))
    return submitResult(whole, opening, job)
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
    return { text: yield* planSpeech({ text, voice, speed }, "tts_") } satisfies Speech
  }
  const jobs = yield* Jobs
  const read = yield* jobs
    .mediaOf(lipSync, { faces: [{ soundFile: args.audio_url }] })
    .pipe(renameFields({ "faces[0].soundFile": "audio_url" }))
  const [face] = read["faces"] as ReadonlyArray<{ readonly soundFile: string }>
  const sound = face?.soundFile ?? ""
  const seconds = args.audio_seconds ?? (yield* secondsOf(sound))
  return { sound, seconds } satisfies Speech
})

/** The length of a sound that was read here; one behind a URL is not fetched. */
const secondsOf = Effect.fnUntraced(function* (sound: string) {
  const bytes = /^https?:/i.test(sound) ? undefined : Base64.decode(sound)
  if (bytes === undefined || bytes._tag === "Failure") return undefined
  return (yield* probeMedia(bytes.success))?.durationSeconds
})

const repeatMillis = 120_000

/** The task of the same wish, a moment ago. Its steps have ids of sessions in them, so its input alone would not tell. */
const sameWish = Effect.fnUntraced(function* (whole: Plan) {
  const jobs = yield* Jobs
  const since = (yield* Clock.currentTimeMillis) - repeatMillis
  const fingerprint = yield* fingerprintOf(whole.operation.id, whole.input)
  const { jobs: recent } = yield* jobs.history({ family: whole.operation.family, since, limit: 500 })
  const record = recent.find((job) => job.fingerprint === fingerprint && job.state !== "REFUSED")
  return record === undefined ? undefined : { ...jobOfRecord(record), isRepeat: true }
})

const isRepeated = (error: ToolFailure) => error.reason._tag === "Repeated"

/** The first steps of the same wish are under way: its task comes a moment later, unless they fail. */
const whenReady = (whole: Plan, error: ToolFailure) =>
  sameWish(whole).pipe(
    Effect.flatMap((job) => (job === undefined ? Effect.fail(error) : Effect.succeed(job))),
    Effect.retry({ while: isRepeated, schedule: Schedule.spaced("1 second"), times: 25 })
  )
