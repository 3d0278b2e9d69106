import { invalidInput, type KlingError, operations, type Plan, planOperation } from "@klingkit/core"
import { Effect } from "effect"
import { renameFields } from "./rename-fields.ts"

/** The only voice in Kling's guide whose id is certain. */
export const defaultVoice = "oversea_male1"

/** mcp-kling's voices: Kling never had them, and they do not map to any of Kling's. */
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

/** Plans text to speech. `prefix` is what the tool puts before `text`, `voice`, `speed`. */
export const planSpeech = (speech: SpeechArguments, prefix: string): Effect.Effect<Plan, KlingError> => {
  const { text, voice = defaultVoice, speed, language = /\p{Script=Han}/u.test(text) ? "zh" : "en" } = speech
  if (isInvented(voice)) {
    const message = `${voice} is not a Kling voice: use an id from its guide to speech voices, such as ${defaultVoice}`
    return Effect.fail(invalidInput([{ field: `${prefix}voice`, message }]))
  }
  const input = { text, voiceId: voice, voiceLanguage: language, ...(speed === undefined ? {} : { voiceSpeed: speed }) }
  const prefixed = Object.fromEntries(Object.entries(names).map(([field, name]) => [field, prefix + name]))
  return planOperation(operations["legacy.tts"], input).pipe(renameFields(prefixed))
}
