import { Schema } from "effect"

const messages = {
  "no-secret": "no secret is configured, so no callback can be trusted",
  "unusable-secret": 'a configured secret is not "whsec_" followed by base64',
  unsigned: "the callback is not signed although a secret is configured",
  malformed: "the callback's signature headers are incomplete or malformed",
  "out-of-time": "the callback's timestamp is more than 5 minutes off",
  forged: "no signature of the callback matches a configured secret",
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

/** Why a callback was rejected. Nothing is charged or lost: the task can still be read. */
export class CallbackError extends Schema.TaggedError<CallbackError>()("CallbackError", {
  reason: Schema.Literals(reasons)
}) {
  /** A stable code for programs: `CALLBACK_OUT_OF_TIME`. */
  get code(): string {
    return `CALLBACK_${this.reason.replaceAll("-", "_").toUpperCase()}`
  }

  override get message(): string {
    return messages[this.reason]
  }

  /** What to do next, in one sentence. */
  get suggestion(): string {
    switch (this.reason) {
      case "no-secret":
      case "unusable-secret":
        return "copy the complete callback secret from Kling's console"
      case "out-of-time":
        return "check this machine's clock; if it is right, an old callback is being replayed"
      case "unreadable":
        return "read the task by its id instead"
      default:
        return "ignore it and read the task by its id instead"
    }
  }
}
