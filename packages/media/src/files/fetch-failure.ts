/** Why an attempt ended without the complete file. */
export interface FetchFailure {
  readonly _tag: "FetchFailure"
  readonly detail: string
  /** A retry may help. */
  readonly isTransient: boolean
  /** The fetch policy denies its URL or address. */
  readonly isDenied: boolean
}

export const failure = (detail: string, isTransient: boolean): FetchFailure => ({
  _tag: "FetchFailure",
  detail,
  isTransient,
  isDenied: false
})

export const denied = (detail: string): FetchFailure => ({ ...failure(detail, false), isDenied: true })

export const stalled = failure("the file server stopped responding", true)
