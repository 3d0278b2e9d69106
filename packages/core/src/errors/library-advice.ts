import { candidatesText } from "./candidates-text.ts"
import type { NextStep } from "./next-step.ts"
import { sanitizeText } from "./sanitize-text.ts"
import { optionOf } from "./setting.ts"
import { sharedAdvice } from "./shared-advice.ts"

/** What to do next in the words of a program that uses the library: what `suggestion` of an error says. */
export const libraryAdvice = (step: NextStep): string => {
  switch (step._tag) {
    case "AwaitOutcome":
      return step.handle === undefined
        ? "check the task list in Kling's console before sending it again"
        : `do not send it again under another id; look up ${shown(step.handle)} later`
    case "ChooseTask":
      return `resolve ${shown(step.handle)} with the taskId of its task, or with notMade once the user is sure; ${candidatesText(step.candidates)}`
    case "LookUp":
      return `do not send it again; look up ${shown(step.handle)}`
    case "UseExisting":
      return `look up ${shown(step.handle)}${anotherTake(step, "set take:")}`
    case "ChooseKey":
      return `look up the earlier request ${shown(step.handle)}; use a new key for a new request`
    case "NameAccount":
      return `if this credential is of the account that paid for ${shown(step.handle)}: linkAccount; if not: nameAccount for each, with different names`
    case "Wait":
      return `wait until ${shown(step.handle)} has finished`
    case "Download":
      return `nothing is lost: download ${shown(step.handle)} again within ${step.withinDays} days`
    case "Approve":
      return step.isOpen
        ? "set isApproved once the user approves: under a limit, requests without a known price need approval"
        : `set isApproved once the user approves, or raise ${optionOf(step.setting)}`
    case "RepeatUnknown":
      return `check Kling's console; if the step was not charged, or may be charged twice: resume ${shown(step.handle)} with repeatUnknown`
    case "RepeatWhole":
      return `repeat the whole ${shown(step.handle)}`
    case "ReplaceFile":
      return "choose another name, or set overwrite"
    default:
      return sharedAdvice(step, optionOf)
  }
}

/** How to make another one beside an existing one. */
export const anotherTake = ({ nextTake }: { readonly nextTake?: number }, how: string): string =>
  nextTake === undefined ? "" : `; to make another one, ${how} ${nextTake}`

/** Handles and ids may come from a ledger that others write. */
const shown = (handle: string): string => sanitizeText(handle, 80)

/** Advice, and whether anything was sent. */
export const withOutcome = ({ isUnsent }: { readonly isUnsent: boolean }, advice: string): string =>
  isUnsent ? `${advice}; nothing was sent` : advice

/** The next step of an error, and the one after it, in the words of a face. */
export const adviceOf = (
  { next, afterwards }: { readonly next: NextStep; readonly afterwards?: NextStep | undefined },
  textOf: (step: NextStep) => string
): string => (afterwards === undefined ? textOf(next) : `${textOf(next)}; then ${textOf(afterwards)}`)
