import { invalidInput, type KlingError, operations, type Plan, planOperation } from "@klingkit/core"
import { Effect } from "effect"
import { renameFields } from "./rename-fields.ts"

/** The only voice of Kling's guide whose id is certain. */
export const usualVoice = "oversea_male1"

/** mcp-kling's voices: Kling never had them, and nobody can say which of Kling's was meant. */
const inventedVoices = ["warm", "energetic", "gentle", "professional", "deep", "cheerful", "calm", "youthful"]
const isInvented = (voice: string): boolean =>
  /^(fe)?male-/.test(voice) && inventedVoices.includes(voice.slice(voice.indexOf("-") + 1))

export interface SpeechArguments {
  readonly text: string
  readonly voice?: string | undefined
  readonly speed?: number | undefined
  readonly language?: "zh" | "en" | undefined
}

const names = { text: "text", voiceId: "voice", voiceSpeed: "speed", voiceLanguage: "language" }

/** The plan of spoken text. `prefix` is what the tool puts before `text`, `voice`, `speed`. */
export const planSpeech = (speech: SpeechArguments, prefix: string): Effect.Effect<Plan, KlingError> => {
  const { text, voice = usualVoice, speed, language = /\p{Script=Han}/u.test(text) ? "zh" : "en" } = speech
  if (isInvented(voice)) {
    const message = `${voice} is no voice of Kling: give an id of its guide to speech voices, such as ${usualVoice}`
    return Effect.fail(invalidInput([{ field: `${prefix}voice`, message }]))
  }
  const input = { text, voiceId: voice, voiceLanguage: language, ...(speed === undefined ? {} : { voiceSpeed: speed }) }
  const prefixed = Object.fromEntries(Object.entries(names).map(([field, name]) => [field, prefix + name]))
  return planOperation(operations["legacy.tts"], input).pipe(renameFields(prefixed))
}
