import { Effect } from "effect"
import * as z from "zod"
import { invalidInput, type KlingError } from "../errors/kling-error.ts"
import { operations } from "../operations/catalog.ts"
import type { Plan } from "../plan/plan.ts"
import { planFields } from "./operation-fields.ts"
import type { PlanContext } from "./plan-context.ts"
import { defineRequest } from "./request.ts"

/** The only voice in Kling's guide whose id is certain. */
export const defaultVoice = "oversea_male1"

/** mcp-kling's voices: Kling never had them, and they do not map to any of Kling's. */
const inventedVoices = ["warm", "energetic", "gentle", "professional", "deep", "cheerful", "calm", "youthful"]
const isInvented = (voice: string): boolean =>
  /^(fe)?male-/.test(voice) && inventedVoices.includes(voice.slice(voice.indexOf("-") + 1))

const input = z.strictObject({
  text: z.string().min(1).describe("What is spoken"),
  voice: z.string().describe(`Kling's voice id; default ${defaultVoice}`).optional(),
  speed: z.number().describe("0.8 to 2").optional(),
  language: z.enum(["zh", "en"]).describe("Default from the text").optional()
})

/** The plan of spoken text; lip-sync speaks in the same way. */
export const planSpeech = <E>(
  request: z.output<typeof input>,
  context: PlanContext<E>
): Effect.Effect<Plan, KlingError | E> => {
  const { text, voice = defaultVoice, language = /\p{Script=Han}/u.test(text) ? "zh" : "en" } = request
  if (isInvented(voice)) {
    const message = `${voice} is not a Kling voice: use an id from its guide to speech voices, such as ${defaultVoice}`
    return Effect.fail(invalidInput([{ field: "voice", message }]))
  }
  return planFields(
    operations["legacy.tts"],
    { text: "text", voiceId: "voice", voiceSpeed: "speed", voiceLanguage: "language" },
    { ...request, voice, language },
    context
  )
}

export const createSpeech = defineRequest({
  id: "create_speech",
  title: "Create speech",
  summary: "Speak a text; the audio comes with the answer",
  method: "audio.speech",
  result: "answer",
  input,
  example: { text: "Good morning from the lighthouse" },
  plan: planSpeech
})
