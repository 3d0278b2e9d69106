import { Schema } from "effect"
import { sanitizeText } from "../errors/sanitize-text.ts"

/** `succeed` for either of Kling's two spellings; `unknown` for a word that klingkit does not know. */
export const TaskStatus = Schema.Literals(["submitted", "processing", "succeed", "failed", "unknown"])
export type TaskStatus = typeof TaskStatus.Type

const Text = Schema.optionalKey(Schema.String)
const Seconds = Schema.optionalKey(Schema.Finite)

const Video = Schema.Struct({
  type: Schema.Literal("video"),
  id: Text,
  url: Schema.String,
  watermarkUrl: Text,
  durationSeconds: Seconds
})

const Image = Schema.Struct({
  type: Schema.Literal("image"),
  url: Schema.String,
  watermarkUrl: Text,
  groupId: Text
})

const Audio = Schema.Struct({
  type: Schema.Literal("audio"),
  id: Text,
  /** MP3 where Kling offers two formats. */
  url: Schema.String,
  wavUrl: Text,
  durationSeconds: Seconds
})

const owned = { ownedBy: Text, deleted: Schema.optionalKey(Schema.Boolean) }

const Voice = Schema.Struct({
  type: Schema.Literal("voice"),
  id: Schema.String,
  name: Text,
  url: Text,
  ...owned
})

const Element = Schema.Struct({
  type: Schema.Literal("element"),
  /** All digits kept: element ids exceed 2^53. */
  id: Schema.String,
  name: Text,
  description: Text,
  ...owned
})

/** Any other output with a URL, such as subtitles: nothing paid for is dropped. `kind` is Kling's word for it. */
const File = Schema.Struct({ type: Schema.Literal("file"), kind: Schema.String, url: Schema.String })

/** A result of a task. */
export const TaskOutput = Schema.Union([Video, Image, Audio, Voice, Element, File])
export type TaskOutput = typeof TaskOutput.Type

/** What Kling charged for a task, once known: units of a resource pack, or cash. */
export const Charge = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("unit"), amount: Schema.Finite, pack: Text }),
  Schema.Struct({ kind: Schema.Literal("cash"), amount: Schema.Finite, currency: Text })
])
export type Charge = typeof Charge.Type

/** A field of Kling's answer that was left out, since its value is none of the expected kind: a time in the year 3000. */
export const IgnoredField = Schema.Struct({
  /** Kling's name of it. */
  field: Schema.String,
  expected: Schema.Literals(["id", "link", "time", "duration", "amount"])
})
export type IgnoredField = typeof IgnoredField.Type

/** What was left out of a task, as one sentence; nothing when nothing was. */
export const ignoredText = ({ ignored = [] }: Pick<Task, "ignored">): string | undefined =>
  ignored.length === 0
    ? undefined
    : `left out of Kling's answer: ${ignored.map(({ field, expected }) => `${field}, not a valid ${expected}`).join("; ")}`

/** A task of either generation, in one shape. Times are milliseconds since 1970. */
export const Task = Schema.Struct({
  id: Schema.String,
  externalId: Text,
  status: TaskStatus,
  /** Kling's own status word if `status` is `unknown`. */
  statusWord: Text,
  /** Why it failed, in Kling's own words: untrusted text. */
  message: Text,
  createdAt: Schema.optionalKey(Schema.Finite),
  updatedAt: Schema.optionalKey(Schema.Finite),
  outputs: Schema.Array(TaskOutput),
  charges: Schema.Array(Charge),
  /** What of Kling's answer was not believable; absent when nothing was. */
  ignored: Schema.optionalKey(Schema.Array(IgnoredField))
})
export type Task = typeof Task.Type

export const isFinished = (task: Pick<Task, "status">): boolean => task.status === "succeed" || task.status === "failed"

const statusWords: Readonly<Record<string, TaskStatus>> = {
  submitted: "submitted",
  processing: "processing",
  succeed: "succeed",
  succeeded: "succeed",
  failed: "failed"
}

export const readStatus = (word: string): { readonly status: TaskStatus; readonly statusWord?: string } =>
  Object.hasOwn(statusWords, word)
    ? { status: statusWords[word] ?? "unknown" }
    : { status: "unknown", statusWord: sanitizeText(word, 60) }
