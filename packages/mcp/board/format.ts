import type { Charge, Output, Status, Task } from "./task.ts"

/** `1:04`, `1:02:07`. */
export const formatClock = (seconds: number): string => {
  const rounded = Math.max(0, Math.floor(seconds))
  const padded = (value: number) => String(value).padStart(2, "0")
  const [hours, minutes, rest] = [Math.floor(rounded / 3600), Math.floor(rounded / 60) % 60, rounded % 60]
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(rest)}` : `${minutes}:${padded(rest)}`
}

/** `45 s`, `2 min`, `2 min 30 s`. */
export const formatDuration = (seconds: number): string => {
  const rounded = Math.max(0, Math.round(seconds))
  if (rounded < 60) return `${rounded} s`
  const rest = rounded % 60
  return `${Math.floor(rounded / 60)} min${rest === 0 ? "" : ` ${rest} s`}`
}

export const statusLabels: Readonly<Record<Status, string>> = {
  submitted: "Submitted",
  processing: "Processing",
  succeed: "Ready",
  failed: "Failed",
  unknown: "Status unknown"
}

const kinds: Readonly<Record<string, readonly [singular: string, plural: string]>> = {
  video: ["Video", "videos"],
  image: ["Image", "images"],
  audio: ["Audio", "audio files"],
  voice: ["Voice", "voices"],
  element: ["Element", "elements"],
  file: ["File", "files"]
}

export const outputLabel = ({ type }: Output): string => kinds[type]?.[0] ?? "File"

/** `Video, 5 s`, `9 images`, `Task`. */
export const describeOutputs = ({ outputs }: Task): string => {
  const [first] = outputs
  if (first === undefined) return "Task"
  if (outputs.length > 1) {
    const same = outputs.every(({ type }) => type === first.type)
    return `${outputs.length} ${(same ? kinds[first.type]?.[1] : undefined) ?? "files"}`
  }
  return first.durationSeconds === undefined
    ? outputLabel(first)
    : `${outputLabel(first)}, ${formatDuration(first.durationSeconds)}`
}

// Sums of tenths drift in binary; Kling's figures have at most three decimals.
const formatAmount = (value: number): string => String(Math.round(value * 1000) / 1000)

const formatCharge = (charge: Charge): string => {
  if (charge.kind === "cash") return `${formatAmount(charge.amount)} ${charge.of ?? "of the balance"}`
  return `${formatAmount(charge.amount)} ${charge.of === undefined ? "" : `${charge.of} `}unit${charge.amount === 1 ? "" : "s"}`
}

/** Sums charges of the same kind: `3 video units, 4 image units`; empty when there are none. */
export const formatCharges = (charges: ReadonlyArray<Charge>): string => {
  const sums = new Map<string, Charge>()
  for (const charge of charges) {
    const key = `${charge.kind} ${charge.of ?? ""}`
    sums.set(key, { ...charge, amount: charge.amount + (sums.get(key)?.amount ?? 0) })
  }
  return [...sums.values()].map(formatCharge).join(", ")
}

/** What a task cost, as text. */
export const formatCost = (task: Task): string | undefined =>
  task.charges === undefined ? task.charged : formatCharges(task.charges) || undefined

const settingNames: ReadonlyArray<readonly [argument: string, format: (value: string) => string]> = [
  ["duration", (value) => `${value.replace(/ ?s$/, "")} s`],
  ["aspect_ratio", (value) => value],
  ["resolution", (value) => value],
  ["audio", (value) => (value === "native" ? "with audio" : "")]
]

/** Length, shape, resolution and audio, as far as they are known: `5 s`, `16:9`, `720p`, `with audio`. */
export const settingsOf = (settings: Readonly<Record<string, unknown>>): ReadonlyArray<string> =>
  settingNames.flatMap(([name, format]) => {
    const value = settings[name]
    return typeof value === "string" || typeof value === "number" ? [format(String(value))] : []
  })

export interface LocaleOptions {
  readonly locale?: string | undefined
  readonly timeZone?: string | undefined
}

const formatDate = (iso: string, { locale, timeZone }: LocaleOptions, options: Intl.DateTimeFormatOptions): string => {
  const date = new Date(iso)
  return Number.isNaN(date.getTime()) ? iso : new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(date)
}

/** `22 Dec`. */
export const formatDay = (iso: string, localeOptions: LocaleOptions): string =>
  formatDate(iso, localeOptions, { day: "numeric", month: "short" })

/** `22 Nov, 20:29`. */
export const formatDateTime = (iso: string, localeOptions: LocaleOptions): string =>
  formatDate(iso, localeOptions, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" })
