import { invalidInput, operations } from "@klingkit/core"
import { Effect } from "effect"
import * as z from "zod"
import { clipSource, clipUrl } from "../inputs/clip-source.ts"
import { foreignFields } from "../inputs/fields-of-action.ts"
import { paidArguments } from "../inputs/paid-arguments.ts"
import { planWithMedia } from "../inputs/plan-with-media.ts"
import { planSpeech, usualVoice } from "../inputs/speech-arguments.ts"
import { paidHints } from "../paid-tool.ts"
import { madeAtOnceFacts, makeAtOnce } from "../results/made-at-once.ts"
import { submitFacts, submitPlan } from "../results/submit-result.ts"
import { defineTool, type ToolResult } from "../tool.ts"

const input = z.strictObject({
  kind: z.enum(["effect", "soundtrack", "speech"]).describe("effect: a sound; soundtrack: sounds for a clip; speech"),
  prompt: z.string().optional().describe("effect, soundtrack: what is heard"),
  duration: z.number().optional().describe("effect: 3 to 10 s, default 5"),
  ...clipSource,
  music_prompt: z.string().optional().describe("soundtrack: background music"),
  asmr: z.boolean().optional().describe("soundtrack: close, detailed"),
  text: z.string().optional().describe("speech"),
  voice: z.string().optional().describe(`speech: Kling's voice id; default ${usualVoice}`),
  speed: z.number().optional().describe("speech: 0.8 to 2"),
  language: z.enum(["zh", "en"]).optional().describe("speech: default that of the text"),
  ...paidArguments
})

type Arguments = z.output<typeof input>

/** What each kind takes. */
const fieldsOf: Readonly<Record<Arguments["kind"], ReadonlyArray<keyof Arguments>>> = {
  effect: ["prompt", "duration"],
  soundtrack: ["prompt", "video_url", "task_id", "music_prompt", "asmr"],
  speech: ["text", "voice", "speed", "language"]
}

const planOf = Effect.fnUntraced(function* (args: Arguments) {
  const problems = foreignFields(args, args.kind, fieldsOf, "kind")
  if (problems.length > 0) return yield* invalidInput(problems)
  switch (args.kind) {
    case "effect": {
      const sound = { prompt: args.prompt, durationSeconds: args.duration ?? 5 }
      return yield* planWithMedia(operations["legacy.text-to-audio"], sound, { durationSeconds: "duration" })
    }
    case "soundtrack": {
      const { prompt: soundEffectPrompt, music_prompt: musicPrompt, asmr: asmrMode } = args
      const videoUrl = yield* clipUrl(args)
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

const output = z.object({ ...madeAtOnceFacts.partial().shape, ...submitFacts.partial().shape })

export const generateAudio = defineTool({
  name: "generate_audio",
  title: "Generate audio",
  description:
    "Make a sound effect, sounds for a clip, or speech from text. Paid. Speech comes at once, the others give a Task ID.",
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
        ? yield* makeAtOnce(plan, "Speech was made successfully!", args)
        : yield* submitPlan(plan, "Audio generation started successfully!", args)
    return made
  })
})
