/** Why a try ended without the whole file. */
export interface FetchFailure {
  readonly _tag: "FetchFailure"
  readonly detail: string
  /** Asking again can help. */
  readonly mayPass: boolean
  /** By us: it points to where nothing is fetched from. */
  readonly isRefused: boolean
}

export const failure = (detail: string, mayPass: boolean): FetchFailure => ({
  _tag: "FetchFailure",
  detail,
  mayPass,
  isRefused: false
})

export const refused = (detail: string): FetchFailure => ({ ...failure(detail, false), isRefused: true })

export const silent = failure("the file server fell silent", true)
