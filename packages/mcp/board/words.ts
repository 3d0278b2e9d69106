import type { Charge, Output, Status, Task } from "./facts.ts"

/** `1:04`, `1:02:07`. */
export const clock = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (value: number) => String(value).padStart(2, "0")
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** `45 s`, `2 min`, `2 min 30 s`. */
export const span = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const rest = whole % 60
  return `${Math.floor(whole / 60)} min${rest === 0 ? "" : ` ${rest} s`}`
}

export const statusWords: Readonly<Record<Status, string>> = {
  submitted: "Submitted",
  processing: "Processing",
  succeed: "Ready",
  failed: "Failed",
  unknown: "State not known yet"
}

const kinds: Readonly<Record<string, readonly [one: string, many: string]>> = {
  video: ["Video", "videos"],
  image: ["Image", "images"],
  audio: ["Sound", "sounds"],
  voice: ["Voice", "voices"],
  element: ["Element", "elements"],
  file: ["File", "files"]
}

export const kindOf = ({ type }: Output): string => kinds[type]?.[0] ?? "File"

/** `Video, 5 s`, `9 images`, `Task`. */
export const contents = ({ outputs }: Task): string => {
  const [first] = outputs
  if (first === undefined) return "Task"
  if (outputs.length > 1) {
    const same = outputs.every(({ type }) => type === first.type)
    return `${outputs.length} ${(same ? kinds[first.type]?.[1] : undefined) ?? "files"}`
  }
  return first.durationSeconds === undefined ? kindOf(first) : `${kindOf(first)}, ${span(first.durationSeconds)}`
}

// Sums of tenths drift in binary; Kling's figures have at most three decimals.
const plain = (value: number): string => String(Math.round(value * 1000) / 1000)

const chargeWords = (charge: Charge): string => {
  if (charge.kind === "cash") return `${plain(charge.amount)} ${charge.of ?? "of the balance"}`
  return `${plain(charge.amount)} ${charge.of === undefined ? "" : `${charge.of} `}unit${charge.amount === 1 ? "" : "s"}`
}

/** Adds up charges of the same kind: `3 video units, 4 image units`; nothing when there are none. */
export const total = (charges: ReadonlyArray<Charge>): string => {
  const sums = new Map<string, Charge>()
  for (const charge of charges) {
    const key = `${charge.kind} ${charge.of ?? ""}`
    sums.set(key, { ...charge, amount: charge.amount + (sums.get(key)?.amount ?? 0) })
  }
  return [...sums.values()].map(chargeWords).join(", ")
}

/** What a task has cost, in words. */
export const cost = (task: Task): string | undefined =>
  task.charges === undefined ? task.charged : total(task.charges) || undefined

export interface Manner {
  readonly locale?: string | undefined
  readonly timeZone?: string | undefined
}

const inWords = (iso: string, { locale, timeZone }: Manner, options: Intl.DateTimeFormatOptions): string => {
  const date = new Date(iso)
  return Number.isNaN(date.getTime()) ? iso : new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(date)
}

/** `22 Dec`. */
export const day = (iso: string, manner: Manner): string => inWords(iso, manner, { day: "numeric", month: "short" })

/** `22 Nov, 20:29`. */
export const moment = (iso: string, manner: Manner): string =>
  inWords(iso, manner, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" })
