import { invalidInput, operations } from "@klingkit/core"
import { Effect } from "effect"
import * as z from "zod"
import { videoSource, videoSourceUrl } from "../inputs/video-source.ts"
import { unexpectedFields } from "../inputs/fields-per-action.ts"
import { paidArguments } from "../inputs/paid-arguments.ts"
import { planWithMedia } from "../inputs/plan-with-media.ts"
import { planSpeech, defaultVoice } from "../inputs/speech-arguments.ts"
import { paidHints } from "../paid-tool.ts"
import { synchronousSchema, synchronousResult } from "../results/synchronous-result.ts"
import { submitSchema, submitPlan } from "../results/submit-result.ts"
import { defineTool, type ToolResult } from "../tool.ts"

const input = z.strictObject({
  kind: z.enum(["effect", "soundtrack", "speech"]).describe("effect: one sound; soundtrack: audio for a video; speech"),
  prompt: z.string().optional().describe("effect, soundtrack: what to hear"),
  duration: z.number().optional().describe("effect: 3 to 10 s, default 5"),
  ...videoSource,
  music_prompt: z.string().optional().describe("soundtrack: background music"),
  asmr: z.boolean().optional().describe("soundtrack: close, detailed"),
  text: z.string().optional().describe("speech"),
  voice: z.string().optional().describe(`speech: Kling's voice id; default ${defaultVoice}`),
  speed: z.number().optional().describe("speech: 0.8 to 2"),
  language: z.enum(["zh", "en"]).optional().describe("speech: default from the text"),
  ...paidArguments
})

type Arguments = z.output<typeof input>

/** The arguments of each kind. */
const fieldsPerAction: Readonly<Record<Arguments["kind"], ReadonlyArray<keyof Arguments>>> = {
  effect: ["prompt", "duration"],
  soundtrack: ["prompt", "video_url", "task_id", "music_prompt", "asmr"],
  speech: ["text", "voice", "speed", "language"]
}

const planOf = Effect.fnUntraced(function* (args: Arguments) {
  const problems = unexpectedFields(args, args.kind, fieldsPerAction, "kind")
  if (problems.length > 0) return yield* invalidInput(problems)
  switch (args.kind) {
    case "effect": {
      const effect = { prompt: args.prompt, durationSeconds: args.duration ?? 5 }
      return yield* planWithMedia(operations["legacy.text-to-audio"], effect, { durationSeconds: "duration" })
    }
    case "soundtrack": {
      const { prompt: soundEffectPrompt, music_prompt: musicPrompt, asmr: asmrMode } = args
      const videoUrl = yield* videoSourceUrl(args)
      return yield* planWithMedia(
        operations["legacy.video-to-audio"],
        { videoUrl, soundEffectPrompt, musicPrompt, asmrMode },
        { videoUrl: "video_url", soundEffectPrompt: "prompt", musicPrompt: "music_prompt", asmrMode: "asmr" }
      )
    }
    case "speech": {
      const { text, voice, speed, language } = args
      if (text === undefined) return yield* invalidInput([{ field: "text", message: "is required for kind speech" }])
      return yield* planSpeech({ text, voice, speed, language }, "")
    }
  }
})

const output = z.object({ ...synchronousSchema.partial().shape, ...submitSchema.partial().shape })

export const generateAudio = defineTool({
  name: "generate_audio",
  title: "Generate audio",
  description:
    "Make a sound effect, audio for a video, or speech from text. Paid. Speech is returned at once, the others return a Task ID.",
  toolset: "studio",
  charged: true,
  hints: paidHints,
  input,
  output,
  plan: planOf,
  run: Effect.fnUntraced(function* (args) {
    const plan = yield* planOf(args)
    const made: ToolResult<z.output<typeof output>> =
      args.kind === "speech"
        ? yield* synchronousResult(plan, "Speech generated successfully!", args)
        : yield* submitPlan(plan, "Audio generation started successfully!", args)
    return made
  })
})
