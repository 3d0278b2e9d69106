import type { KlingError, MediaRule } from "@klingkit/core"
import { invalidInput, sanitizeText } from "@klingkit/core/internal"
import { fileProblems, StoreFailure } from "@klingkit/media/internal"
import { Effect } from "effect"
import { jobError, type JobError } from "../job-error.ts"
import type { UploadedFile } from "../ledger/uploads.ts"
import { uploadMinutes, type Uploads } from "../uploads.ts"

/** The file that a caller has uploaded under an id, with its link. Fails if Kling would reject it for this input. */
export const uploadedFile = Effect.fnUntraced(function* <E>(
  field: string,
  rule: MediaRule,
  id: string,
  uploads: Uploads<E> | undefined
): Effect.fn.Return<{ readonly file: UploadedFile; readonly url: string }, KlingError | E> {
  const refuse = (message: string) => invalidInput([{ field, message }])
  const found =
    uploads === undefined
      ? undefined
      : yield* Effect.mapError(uploads.find(id), (error: E | StoreFailure): KlingError | E =>
          error instanceof StoreFailure
            ? refuse(`cannot be read at the moment: the media store does not answer (${error.detail}); try again`)
            : error
        )
  if (found === undefined) {
    return yield* refuse(`is ${sanitizeText(id, 80)}, which you have not uploaded here, or which is kept no longer`)
  }
  const problems = fileProblems(rule, found.file)
  return problems.length === 0 ? found : yield* invalidInput(problems.map((problem) => ({ field, ...problem })))
})

/** The error for a path of a caller who works on another machine, with a link to upload the file by. */
export const elsewhere = Effect.fnUntraced(function* <E>(
  path: string,
  uploads: Uploads<E>
): Effect.fn.Return<never, JobError | E> {
  const { url } = yield* uploads.newLink
  return yield* jobError({ _tag: "FileElsewhere", path, link: url, minutes: uploadMinutes })
})
