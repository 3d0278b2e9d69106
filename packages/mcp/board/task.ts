/** The status of a task; `unknown` stands for a status word that klingkit does not know. */
export type Status = "submitted" | "processing" | "succeed" | "failed" | "unknown"

type Fields = Readonly<Record<string, unknown>>

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

/** A task as the page knows it. What has not been reported yet is absent. */
export interface Task {
  readonly id: string
  readonly klingId?: string | undefined
  readonly status: Status
  /** Kling's text: shown, never trusted. */
  readonly message?: string | undefined
  readonly prompt?: string | undefined
  readonly model?: string | undefined
  /** What it was asked for with, by argument. */
  readonly settings?: Fields | undefined
  readonly quote?: Quote | undefined
  readonly outputs: ReadonlyArray<Output>
  readonly charges?: ReadonlyArray<Charge> | undefined
  /** Its saved files on the machine that klingkit runs on. */
  readonly files?: ReadonlyArray<SavedFile> | undefined
  /** As text, from tools that give no numbers. */
  readonly charged?: string | undefined
  readonly createdAt?: string | undefined
  readonly expiresAt?: string | undefined
  readonly expectedSeconds?: number | undefined
  /** Seconds it had run when it was read at `readAt` (ms of the page's own clock). */
  readonly elapsedSeconds?: number | undefined
  readonly readAt: number
}

export interface SavedFile {
  readonly path: string
}

export const isEnded = ({ status }: Task): boolean => status === "succeed" || status === "failed"

export const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {}
const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)
export const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined
export const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

const statuses: ReadonlyArray<string> = ["submitted", "processing", "succeed", "failed"]
const statusOf = (value: unknown): Status => (statuses.includes(String(value)) ? (value as Status) : "unknown")

/** Parses the structured result of any tool that reports a task; undefined when it names none. */
export const readTask = (value: unknown, readAt: number): Task | undefined => {
  const fields = fieldsOf(value)
  const id = textOf(fields["task_id"])
  if (id === undefined) return undefined
  const quote = fieldsOf(fields["quote"])
  const rule = textOf(quote["rule"])
  return {
    id,
    klingId: textOf(fields["kling_task_id"]),
    status: statusOf(fields["status"]),
    message: textOf(fields["message"]),
    prompt: textOf(fields["prompt"]),
    model: textOf(fields["model"]),
    settings: "settings" in fields ? fieldsOf(fields["settings"]) : undefined,
    quote: rule === undefined ? undefined : { rule, usd: numberOf(quote["usd"]) },
    outputs: listOf(fields["outputs"]).map(readOutput),
    charges: Array.isArray(fields["charges"]) ? fields["charges"].flatMap(readCharge) : undefined,
    files: Array.isArray(fields["files"]) ? readFiles(fields["files"]) : undefined,
    charged: textOf(fields["charged"]),
    createdAt: textOf(fields["created_at"]),
    expiresAt: textOf(fields["expires_at"]),
    expectedSeconds: numberOf(fields["usual_seconds"]),
    elapsedSeconds: numberOf(fields["elapsed_seconds"]),
    readAt
  }
}

export const readFiles = (value: unknown): ReadonlyArray<SavedFile> =>
  listOf(value).flatMap((file) => {
    const path = textOf(fieldsOf(file)["path"])
    return path === undefined ? [] : [{ path }]
  })

const readOutput = (value: unknown): Output => {
  const fields = fieldsOf(value)
  return {
    type: textOf(fields["type"]) ?? "file",
    id: textOf(fields["id"]),
    url: textOf(fields["url"]),
    durationSeconds: numberOf(fields["duration_seconds"])
  }
}

const readCharge = (value: unknown): ReadonlyArray<Charge> => {
  const { kind, amount, of } = fieldsOf(value)
  const number = numberOf(amount)
  return number === undefined || (kind !== "unit" && kind !== "cash") ? [] : [{ kind, amount: number, of: textOf(of) }]
}

/** Merges a newer snapshot into an older one; what only the older has (price, model, expected time) is kept. */
export const mergeTask = (older: Task | undefined, newer: Task): Task => {
  if (older === undefined) return newer
  // A call that waited may return a snapshot older than the final one that the page has since polled.
  if (isEnded(older) && !isEnded(newer)) return older
  const reported = Object.entries(newer).filter(([, value]) => value !== undefined)
  const counted = (older.elapsedSeconds ?? 0) + (newer.readAt - older.readAt) / 1000
  const merged: Task = {
    ...older,
    ...Object.fromEntries(reported),
    id: older.id,
    // Lists have no file URLs, and only the beginning of a prompt.
    outputs: newer.outputs.length === 0 ? older.outputs : newer.outputs,
    prompt: (older.prompt?.length ?? 0) > (newer.prompt?.length ?? 0) ? older.prompt : newer.prompt,
    // Kling's clock and ours differ: the displayed seconds never go backwards.
    ...(newer.elapsedSeconds === undefined || isEnded(newer)
      ? {}
      : { elapsedSeconds: Math.max(newer.elapsedSeconds, older.elapsedSeconds === undefined ? 0 : counted) })
  }
  // The tool that submitted knows the expected time of this very request; later ones only that of its kind.
  return older.expectedSeconds === undefined ? merged : { ...merged, expectedSeconds: older.expectedSeconds }
}

/** A result's text, for hosts that forward nothing else. */
export const linesOf = (content: unknown): ReadonlyArray<string> =>
  listOf(content).flatMap((block) => textOf(fieldsOf(block)["text"])?.split("\n") ?? [])

export const taskIdIn = (lines: ReadonlyArray<string>): string | undefined =>
  lines.map((line) => /^Task ID: (\S+)$/.exec(line)?.[1]).find((id) => id !== undefined)
