import { sanitizeText, variableOf } from "@klingkit/core/internal"
import type { Finding } from "@klingkit/jobs/maintenance"
import { nextStepText } from "../../output/next-step.ts"

export interface FindingText {
  readonly what: string
  readonly next: string
}

const restore = "put it back from where it was moved, or from a backup"
const anew = "to begin one that knows of no earlier payment: klingkit ledger repair --new"
const repair = "klingkit ledger repair"

/** A finding in words, and what to do about it. */
export const findingText = (finding: Finding): FindingText => {
  switch (finding._tag) {
    case "Missing":
      return finding.id === undefined
        ? { what: "there is no ledger yet", next: "nothing: the first paid request creates it" }
        : { what: `the ledger ${finding.id} is gone: there is no file`, next: `${restore}; ${anew}` }
    case "Empty":
      return finding.id === undefined
        ? { what: "the file is empty", next: "nothing: the first paid request fills it" }
        : { what: `the ledger ${finding.id} is gone: the file is empty`, next: `${restore}; ${anew}` }
    case "NotALedger":
      return {
        what: "the file is a database, but not klingkit's",
        next: `move it away; if the ledger was here, ${restore}; ${anew}`
      }
    case "NotOpened":
      return {
        what: finding.error.describe(),
        next: finding.error.reason._tag === "Unreadable" ? `${restore}; ${anew}` : nextStepText(finding.error.next)
      }
    case "OtherLedger":
      return {
        what: `this is ledger ${finding.found}, but ${finding.expected} was here before`,
        next: `put the earlier one back; if you want the one that is here: ${repair} --accept-id`
      }
    case "NoIdFile":
      return { what: "the id beside the ledger is missing", next: `${repair}, or any command that uses the ledger` }
    case "NewerVersion":
      return {
        what: `its version is ${finding.found}; this klingkit supports versions up to ${finding.known}`,
        next: "update klingkit; an older version must not change this ledger"
      }
    case "OlderVersion":
      return {
        what: `its version is ${finding.found}; the next command that uses it migrates it to ${finding.known}`,
        next: "nothing; make a backup before, if you may go back to the earlier klingkit"
      }
    case "Damaged":
      return { what: `the file is damaged: ${sanitizeText(finding.details.join("; "), 600)}`, next: repair }
    case "LostRow":
      return {
        what: `a row of ${finding.table} cannot be read${finding.handle === undefined ? "" : ` (${shown(finding.handle)})`}: ${sanitizeText(finding.detail)}`,
        next:
          finding.handle === undefined
            ? `compare the list at Kling with the ledger: klingkit task list; then ${repair}`
            : `it may have been paid: klingkit task get ${shown(finding.handle)}; then ${repair}`
      }
    case "UnreadableRow":
      return {
        what: `the row of ${shown(finding.handle)} has unexpected values: ${sanitizeText(finding.detail, 200)}`,
        next: `look it up at Kling: its external id is ${shown(finding.handle)}; the row is never changed`
      }
    case "LowSpace":
      return {
        what: `only ${Math.floor(finding.freeBytes / 1e6)} MB are free on its disk: paid requests are refused`,
        next: `free some space, or choose another folder (${variableOf("ledgerDir")})`
      }
  }
}

const shown = (handle: string): string => sanitizeText(handle, 80)
