import type { NextStep } from "@klingkit/core"
import { anotherTake, candidatesText, sanitizeText, sharedAdvice, variableOf } from "@klingkit/core/internal"

/** What to do next, as a command where there is one. */
export const nextStepText = (step: NextStep): string => {
  switch (step._tag) {
    case "AwaitOutcome":
      return step.handle === undefined
        ? "check the task list in Kling's console before sending it again"
        : `do not send it again under another id; check later with: klingkit task get ${shown(step.handle)}`
    case "ChooseTask":
      return `do not send it again; ${candidatesText(step.candidates)}; look at one with: klingkit task get TASK_ID; then: klingkit task resolve ${shown(step.handle)} --task-id TASK_ID, or --not-made once you are sure`
    case "LookUp":
      return `do not send it again; check it with: klingkit task get ${shown(step.handle)}`
    case "UseExisting":
      return `see it with: klingkit task get ${shown(step.handle)}${anotherTake(step, "add --take")}`
    case "ChooseKey":
      return `check the earlier request with: klingkit task get ${shown(step.handle)}; use a new key for a new request`
    case "NameAccount":
      return `if it is: klingkit account link ${shown(step.handle)}; if not, name both: klingkit account name THIS, klingkit account name OTHER --job ${shown(step.handle)}`
    case "CheckId":
      return step.at === "ledger" ? "check the id with: klingkit task list" : sharedAdvice(step, variableOf)
    case "Wait":
      return `wait for it: klingkit task wait ${shown(step.handle)}`
    case "Download":
      return `nothing is lost: retry within ${step.withinDays} days with: klingkit task download ${shown(step.handle)}`
    case "Approve":
      return step.isOpen
        ? "approve it with --yes: under a limit, requests without a known price need approval"
        : `approve it with --yes, or raise ${variableOf(step.setting)}`
    case "RepeatUnknown":
      return `check Kling's console; if the step was not charged, or may be charged twice: klingkit pipeline resume ${shown(step.handle)} --repeat-unknown`
    case "Resume":
      return `fix the cause, then: klingkit pipeline resume ${shown(step.handle)}: what is made is not paid again, the failed step is; or change it and run the command again: only what has changed is paid`
    case "RepeatWhole":
      return `it is made with ${shown(step.handle)}: run that pipeline again`
    case "RestoreLedger":
      return "put the ledger back from where it was moved, or from a backup; see what is there with: klingkit ledger check; to begin one that knows of no earlier payment: klingkit ledger repair --new"
    case "MoveAway":
      return `see what can be read with: klingkit ledger check; repair it with: klingkit ledger repair; or ${sharedAdvice(step, variableOf)}`
    case "ReplaceFile":
      return "choose another name or allow overwriting (--force)"
    default:
      return sharedAdvice(step, variableOf)
  }
}

/** Handles may come from a ledger that others write. */
const shown = (handle: string): string => sanitizeText(handle, 80)
