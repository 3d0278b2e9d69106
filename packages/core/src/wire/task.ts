/** `succeed` for either of Kling's two spellings; `unknown` for a word that klingkit does not know. */
export type TaskStatus = "submitted" | "processing" | "succeed" | "failed" | "unknown"

export type TaskOutput =
  | {
      readonly type: "video"
      readonly id?: string
      readonly url: string
      readonly watermarkUrl?: string
      readonly durationSeconds?: number
    }
  | { readonly type: "image"; readonly url: string; readonly watermarkUrl?: string; readonly groupId?: string }
  | {
      readonly type: "audio"
      readonly id?: string
      /** MP3 where Kling offers two formats. */
      readonly url: string
      readonly wavUrl?: string
      readonly durationSeconds?: number
    }
  | {
      readonly type: "voice"
      readonly id: string
      readonly name?: string
      readonly url?: string
      readonly ownedBy?: string
      readonly deleted?: boolean
    }
  | {
      readonly type: "element"
      /** All digits kept: element ids exceed 2^53. */
      readonly id: string
      readonly name?: string
      readonly description?: string
      readonly ownedBy?: string
      readonly deleted?: boolean
    }
  /** Any other output with a URL, such as subtitles: nothing paid for is dropped. `kind` is Kling's word for it. */
  | { readonly type: "file"; readonly kind: string; readonly url: string }

/** What Kling charged for a task, once known: units of a resource pack, or cash. */
export type Charge =
  | { readonly kind: "unit"; readonly amount: number; readonly pack?: string }
  | { readonly kind: "cash"; readonly amount: number; readonly currency?: string }

/** A task of either generation, in one shape. Times are milliseconds since 1970. */
export interface Task {
  readonly id: string
  readonly externalId?: string
  readonly status: TaskStatus
  /** Kling's own status word if `status` is `unknown`. */
  readonly statusWord?: string
  /** Why it failed, in Kling's own words: untrusted text. */
  readonly message?: string
  readonly createdAt?: number
  readonly updatedAt?: number
  readonly outputs: ReadonlyArray<TaskOutput>
  readonly charges: ReadonlyArray<Charge>
}

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
    : { status: "unknown", statusWord: word }
