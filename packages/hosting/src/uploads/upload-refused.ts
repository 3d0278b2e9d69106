import { Data } from "effect"

/** Why a file is not taken. Nothing of it is kept, nothing was sent to Kling or charged. */
export class UploadRefused extends Data.TaggedError("UploadRefused")<{
  /** Of the answer over HTTP. */
  readonly status: 400 | 404 | 408 | 410 | 413 | 415 | 422 | 429 | 503 | 507
  readonly message: string
}> {}

export const refused = (status: UploadRefused["status"], message: string): UploadRefused =>
  new UploadRefused({ status, message })
