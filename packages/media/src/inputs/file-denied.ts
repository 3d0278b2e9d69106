import { sanitizeText } from "@klingkit/core/internal"
import { Data } from "effect"

/** An input file that may not be read: it is outside the folders that the user has allowed. */
export class FileDenied extends Data.TaggedError("FileDenied")<{ readonly path: string; readonly detail: string }> {
  override get message(): string {
    return `${sanitizeText(this.path)}: ${this.detail}`
  }
}
