import { Redacted } from "effect"
import { cheaperText, type CheaperSetting } from "../prices/cheaper-setting.ts"
import { sanitizeText } from "./sanitize-text.ts"
import type { SharedStep } from "./next-step.ts"
import type { NameSetting, Setting } from "./setting.ts"
import { resultRetentionDays } from "../kling-facts.ts"

/** The advice that is the same in every face, as one sentence. */
export const sharedAdvice = (step: SharedStep, nameOf: NameSetting): string => {
  const list = (settings: ReadonlyArray<Setting>, separator = " or ") => settings.map(nameOf).join(separator)
  switch (step._tag) {
    case "FixInput":
      return "fix the named fields"
    case "UseMethod":
      return step.method === "submit"
        ? "use submit: it returns the id that finds the task again"
        : "use call: it returns the answer"
    case "ChangeParameter":
      return step.isNamed ? "change the parameter named by Kling" : "change the parameters"
    case "ChangeContent":
      return "change the prompt or the images; the same input will be refused again"
    case "ChangeInput":
      return "change the input before trying again; the task's billing record shows whether it was charged"
    case "ChooseModel":
      return "choose another model"
    case "SetCredentials":
      return `set ${nameOf("apiKey")}, or ${nameOf("accessKey")} and ${nameOf("secretKey")}`
    case "ConnectAccount":
      return step.page === undefined
        ? "ask the server's operator, who has to restore its secret"
        : `connect a Kling account at ${sanitizeText(step.page, 200)}, then send the same request again`
    case "CheckKey":
      return "check the key"
    case "CheckRegion":
      return `check that ${step.credential === "key-pair" ? "both halves are" : "the key is"} complete and not revoked, and the region (${nameOf(step.setting)}): a key works only where it was made; an access/secret key pair works on legacy paths only`
    case "SetClock":
      return "correct this machine's clock"
    case "CheckAccount":
      return accountChecks[step.about]
    case "TopUp":
      return step.what === "balance"
        ? "top up the account in Kling's console"
        : "buy a pack of this kind for the developer API (video, image and try-on packs are separate; Kling app credits do not count)"
    case "CheckNetwork":
      return `check the network and ${nameOf(step.setting)}`
    case "Repeat":
      return repeats[step.when]
    case "FixCause":
      return step.before === "resend"
        ? "fix the cause, then send the request again"
        : "fix the cause named above and try again"
    case "UpdateClient":
      return step.because === "client-bug"
        ? "update klingkit: this is a bug in the client"
        : "update klingkit; an older version must not change this ledger"
    case "LookUpCode":
      return "look up the code in Kling's documentation, or update klingkit"
    case "CheckLater":
      return "check the task again later; if the error persists, update klingkit"
    case "CheckId":
      return step.at === "Kling"
        ? `check the id, the account and the region; results are kept for ${resultRetentionDays} days`
        : "check the id: the ledger lists its jobs"
    case "CheckStatus":
      return `check the task's status; Kling keeps results for ${resultRetentionDays} days`
    case "TrustHost":
      return `nothing is lost for ${step.withinDays} days: check the URL in the task; if you trust its host, add it to ${nameOf(step.setting)} and retry`
    case "FindAtKling":
      return `look the task up at Kling: its external id is ${sanitizeText(step.handle, 80)}`
    case "ApproveAgain":
      return "request a new quote and approve it"
    case "AskForBudget": {
      const whose = `the budget of ${step.level} ${sanitizeText(step.name, 80)}`
      if (!step.isPriced) {
        return `choose a request with a published price, or ask those who run the server to remove ${whose}`
      }
      const wait = step.resetsOn === undefined ? "" : `wait until ${step.resetsOn} (UTC), `
      return `${withKnownLength(step)}${wait}${withinLimit(step.cheaper)}, or ask those who run the server to raise ${whose}`
    }
    case "RaiseLimit":
      return `${withKnownLength(step)}${
        step.setting === "maxUsdPerDay" ? "wait until tomorrow (UTC), " : ""
      }${withinLimit(step.cheaper)}, or raise ${nameOf(step.setting)}`
    case "Resume":
      return "fix the cause and repeat the same request to resume: paid steps are not paid again; a changed request starts over"
    case "AllowFolder":
      return `choose a file in an allowed folder (${list(step.settings, ", ")})`
    case "Upload":
      return `upload the file: curl -T FILE ${Redacted.value(step.link)}, or open that link in a browser; it is good for one file and ${step.minutes} minutes. Then use the id in its answer, upload:..., in place of the path`
    case "FreeSpace":
      return step.settings.length === 0
        ? "free some space and try again"
        : `free some space, or choose another folder (${list(step.settings, ", ")})`
    case "MakeAccessible":
      return `check that it exists and that you can read and write it, or set another location with ${list(step.settings)}`
    case "MakeWritable":
      return `make it writable, or set another location with ${list(step.settings)}`
    case "MoveAway":
      return `move the file away but keep it, or set another location with ${list(step.settings)}`
    case "RestoreLedger":
      return "put the ledger back from where it was moved, or from a backup, and restart; to begin one that knows of no earlier payment, also delete the file beside it whose name ends in .id"
    case "RequestAnew":
      return anew(step)
    case "EditPipeline":
      return "edit its file and run it again: steps that stay as they are are not paid again"
    case "RemoveCharacter":
      return "remove the character"
    case "RestartList":
      return "list again without a cursor"
  }
}

const withKnownLength = ({ isUpperBound }: { readonly isUpperBound: boolean }): string =>
  isUpperBound
    ? "use a local audio file, or a video or audio made with this ledger, so that its length is known; or "
    : ""

/** Nothing is called cheaper without its price. */
const withinLimit = (cheaper: ReadonlyArray<CheaperSetting> = []): string =>
  cheaper.length === 0 ? "ask for less" : `make it cheaper (${cheaper.map(cheaperText).join("; ")})`

const anew = ({ request, operation, model, prompt }: Extract<SharedStep, { readonly _tag: "RequestAnew" }>): string => {
  const what = request ?? operation
  const known = [
    ...(model === undefined ? [] : [`model ${sanitizeText(model, 40)}`]),
    ...(prompt === undefined ? [] : [`prompt "${sanitizeText(prompt, 300)}"`])
  ]
  const settings = [...known, "and the other settings that are wanted"].join(", ")
  return `${what === undefined ? "make the request itself" : `use ${sanitizeText(what, 80)}`} with ${settings}`
}

const accountChecks = {
  state: "check the account in Kling's console",
  entitlement: "check the entitlement in Kling's console",
  addresses: "add the address in Kling's console"
} as const

const repeats = {
  later: "try again later",
  soon: "wait a moment, then send the same request again",
  "slot-free": "wait until a running task ends, then send the same request again",
  "lock-free": "wait for the other process to finish, or end it, and try again"
} as const
