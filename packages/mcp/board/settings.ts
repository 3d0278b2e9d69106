import { byId } from "./dom.ts"
import { fieldsOf, listOf } from "./facts.ts"

export interface Settings {
  /** The tools that the server offers, so that no button asks for one that is not there. */
  readonly tools: ReadonlySet<string>
}

/** What the server wrote into the page when it handed it out. */
export const readSettings = (): Settings => {
  const facts = fieldsOf(JSON.parse(byId("settings").textContent))
  return { tools: new Set(listOf(facts["tools"]).map(String)) }
}

/** https from anywhere, http from this machine (the emulator); anything else is text, not a link. */
export const safeUrl = (text: string | undefined): string | undefined => {
  if (text === undefined || !URL.canParse(text)) return undefined
  const url = new URL(text)
  const isLocal = url.protocol === "http:" && /^(localhost|127\.0\.0\.1)$/.test(url.hostname)
  return url.protocol === "https:" || isLocal ? url.href : undefined
}
