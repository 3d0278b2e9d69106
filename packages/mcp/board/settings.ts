import { fieldsOf, listOf } from "./task.ts"

export interface Settings {
  /** The tools that the server offers, so that no button calls a missing one. */
  readonly tools: ReadonlySet<string>
}

/** The settings that the server embedded in the page. */
export const readSettings = (): Settings => {
  const fields = fieldsOf(JSON.parse(document.getElementById("settings")?.textContent ?? "{}"))
  return { tools: new Set(listOf(fields["tools"]).map(String)) }
}

/** https from anywhere, http from this machine (the emulator); anything else is text, not a link. */
export const safeUrl = (text: string | undefined): string | undefined => {
  if (text === undefined || !URL.canParse(text)) return undefined
  const url = new URL(text)
  const isLocal = url.protocol === "http:" && /^(localhost|127\.0\.0\.1)$/.test(url.hostname)
  return url.protocol === "https:" || isLocal ? url.href : undefined
}
