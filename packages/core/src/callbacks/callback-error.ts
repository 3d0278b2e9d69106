import { Schema } from "effect"

const sentences = {
  "no-secret": "no secret is configured, so no callback can be trusted",
  "unusable-secret": 'a configured secret is not of the form "whsec_" and base64',
  unsigned: "the callback carries no signature although a secret is configured",
  malformed: "the callback's signature headers are incomplete or malformed",
  "out-of-time": "the callback was signed more than 5 minutes away from now",
  forged: "no signature of the callback fits a configured secret",
  unreadable: "the callback's body is not a task"
} as const

const reasons = [
  "no-secret",
  "unusable-secret",
  "unsigned",
  "malformed",
  "out-of-time",
  "forged",
  "unreadable"
] as const

/** Why a callback was turned away. Nothing is charged or lost by it: the task can still be read. */
export class CallbackError extends Schema.TaggedError<CallbackError>()("CallbackError", {
  reason: Schema.Literals(reasons)
}) {
  /** A stable code for programs: `CALLBACK_OUT_OF_TIME`. */
  get code(): string {
    return `CALLBACK_${this.reason.replaceAll("-", "_").toUpperCase()}`
  }

  override get message(): string {
    return sentences[this.reason]
  }

  /** What to do next, one sentence. */
  get suggestion(): string {
    switch (this.reason) {
      case "no-secret":
      case "unusable-secret":
        return "copy the callback secret from Kling's console, whole"
      case "out-of-time":
        return "set this machine's clock; if it is right, somebody repeats an old callback"
      case "unreadable":
        return "read the task by its id instead"
      default:
        return "ignore it and read the task by its id instead"
    }
  }
}
