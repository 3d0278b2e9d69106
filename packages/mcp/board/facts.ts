/** What a task has come to; `unknown` is a word of Kling's that klingkit does not know. */
export type Status = "submitted" | "processing" | "succeed" | "failed" | "unknown"

export interface Output {
  readonly type: string
  readonly id?: string | undefined
  readonly url?: string | undefined
  readonly durationSeconds?: number | undefined
}

/** Units of a pack, or money in a currency: `of` names which. */
export interface Charge {
  readonly kind: "unit" | "cash"
  readonly amount: number
  readonly of?: string | undefined
}

export interface Quote {
  readonly usd?: number | undefined
  readonly rule: string
}

/** A task as the page knows it. What nobody has told yet is absent. */
export interface Task {
  readonly id: string
  readonly klingId?: string | undefined
  readonly status: Status
  /** Kling's words: shown as text, never believed. */
  readonly message?: string | undefined
  readonly prompt?: string | undefined
  readonly model?: string | undefined
  readonly quote?: Quote | undefined
  readonly outputs: ReadonlyArray<Output>
  readonly charges?: ReadonlyArray<Charge> | undefined
  /** Where its files lie on the machine that klingkit runs on. */
  readonly files?: ReadonlyArray<SavedFile> | undefined
  /** In words, from tools that do not give numbers. */
  readonly charged?: string | undefined
  readonly createdAt?: string | undefined
  readonly expiresAt?: string | undefined
  readonly usualSeconds?: number | undefined
  /** Seconds it had taken when this was read at `readAt` (ms of the page's own clock). */
  readonly elapsedSeconds?: number | undefined
  readonly readAt: number
}

export interface SavedFile {
  readonly path: string
}

export const isEnded = ({ status }: Task): boolean => status === "succeed" || status === "failed"

type Fields = Readonly<Record<string, unknown>>

export const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {}
const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)
const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined
export const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

const statuses: ReadonlyArray<string> = ["submitted", "processing", "succeed", "failed"]
const statusOf = (value: unknown): Status => (statuses.includes(String(value)) ? (value as Status) : "unknown")

/** Reads the facts of any tool that speaks of a task; nothing when they name none. */
export const readTask = (value: unknown, readAt: number): Task | undefined => {
  const facts = fieldsOf(value)
  const id = textOf(facts["task_id"])
  if (id === undefined) return undefined
  const quote = fieldsOf(facts["quote"])
  const rule = textOf(quote["rule"])
  return {
    id,
    klingId: textOf(facts["kling_task_id"]),
    status: statusOf(facts["status"]),
    message: textOf(facts["message"]),
    prompt: textOf(facts["prompt"]),
    model: textOf(facts["model"]),
    quote: rule === undefined ? undefined : { rule, usd: numberOf(quote["usd"]) },
    outputs: listOf(facts["outputs"]).map(readOutput),
    charges: Array.isArray(facts["charges"]) ? facts["charges"].flatMap(readCharge) : undefined,
    files: Array.isArray(facts["files"]) ? readFiles(facts["files"]) : undefined,
    charged: textOf(facts["charged"]),
    createdAt: textOf(facts["created_at"]),
    expiresAt: textOf(facts["expires_at"]),
    usualSeconds: numberOf(facts["usual_seconds"]),
    elapsedSeconds: numberOf(facts["elapsed_seconds"]),
    readAt
  }
}

export const readFiles = (value: unknown): ReadonlyArray<SavedFile> =>
  listOf(value).flatMap((file) => {
    const path = textOf(fieldsOf(file)["path"])
    return path === undefined ? [] : [{ path }]
  })

const readOutput = (value: unknown): Output => {
  const facts = fieldsOf(value)
  return {
    type: textOf(facts["type"]) ?? "file",
    id: textOf(facts["id"]),
    url: textOf(facts["url"]),
    durationSeconds: numberOf(facts["duration_seconds"])
  }
}

const readCharge = (value: unknown): ReadonlyArray<Charge> => {
  const { kind, amount, of } = fieldsOf(value)
  const number = numberOf(amount)
  return number === undefined || (kind !== "unit" && kind !== "cash") ? [] : [{ kind, amount: number, of: textOf(of) }]
}

/** Newer facts over older ones; what only the older told (price, model, usual time) is kept. */
export const mergeTask = (older: Task | undefined, newer: Task): Task => {
  if (older === undefined) return newer
  // A call that waited may come back with what it saw before the end that the page has seen since.
  if (isEnded(older) && !isEnded(newer)) return older
  const told = Object.entries(newer).filter(([, value]) => value !== undefined)
  const counted = (older.elapsedSeconds ?? 0) + (newer.readAt - older.readAt) / 1000
  const merged: Task = {
    ...older,
    ...Object.fromEntries(told),
    id: older.id,
    // Lists name no files, and tell only the beginning of a prompt.
    outputs: newer.outputs.length === 0 ? older.outputs : newer.outputs,
    prompt: (older.prompt?.length ?? 0) > (newer.prompt?.length ?? 0) ? older.prompt : newer.prompt,
    // Kling's clock and ours differ: seconds that a person has seen pass are not taken back.
    ...(newer.elapsedSeconds === undefined || isEnded(newer)
      ? {}
      : { elapsedSeconds: Math.max(newer.elapsedSeconds, older.elapsedSeconds === undefined ? 0 : counted) })
  }
  // The tool that submitted knows the usual time of this very request; later ones only that of its kind.
  return older.usualSeconds === undefined ? merged : { ...merged, usualSeconds: older.usualSeconds }
}

/** A result's text, for hosts that hand on nothing else. */
export const linesOf = (content: unknown): ReadonlyArray<string> =>
  listOf(content).flatMap((block) => textOf(fieldsOf(block)["text"])?.split("\n") ?? [])

export const taskIdIn = (lines: ReadonlyArray<string>): string | undefined =>
  lines.map((line) => /^Task ID: (\S+)$/.exec(line)?.[1]).find((id) => id !== undefined)
