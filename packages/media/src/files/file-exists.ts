import { sanitizeText } from "@klingkit/core/internal"
import { Data } from "effect"

/** A result is not saved under the name of an existing file, unless overwriting is allowed. */
export class FileExists extends Data.TaggedError("FileExists")<{ readonly path: string }> {
  override get message(): string {
    return `${sanitizeText(this.path)} already exists`
  }
}
