import { Data } from "effect"

/** Why an attempt ended without the complete file. */
export class FetchFailure extends Data.TaggedError("FetchFailure")<{
  readonly detail: string
  /** A retry may help. */
  readonly isTransient: boolean
  /** The fetch policy denies its URL or address. */
  readonly isDenied: boolean
}> {}

export const failure = (detail: string, isTransient: boolean): FetchFailure =>
  new FetchFailure({ detail, isTransient, isDenied: false })

export const denied = (detail: string): FetchFailure => new FetchFailure({ detail, isTransient: false, isDenied: true })

export const stalled = failure("the file server stopped responding", true)
