import * as z from "zod"

type Read = (text: string) => Readonly<Record<string, unknown>>

const texts = z.registry<{ readonly read: Read }>()

/** What a text means as an entry of this type, where that is an object; nothing where it has no meaning as text. */
export const entryOfText = (type: z.ZodObject, text: string): ReturnType<Read> | undefined =>
  texts.get(type)?.read(text)

/** `a fox wakes|3`: words, and seconds after the last bar. Without a bar the seconds are missing. */
const readShot: Read = (text) => {
  const bar = text.lastIndexOf("|")
  return bar < 0 ? { prompt: text } : { prompt: text.slice(0, bar), durationSeconds: text.slice(bar + 1) }
}

/**
 * One shot of several: an object, its JSON text, or `words|seconds` where objects are clumsy. What Kling takes of it is the
 * planner's to say.
 */
export const shot = z.strictObject({ prompt: z.string(), durationSeconds: z.int() }).register(texts, { read: readShot })
