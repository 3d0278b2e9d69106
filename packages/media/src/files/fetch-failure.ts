import { Data } from "effect"

/** Why an attempt ended without the complete file. */
export class FetchFailure extends Data.TaggedError("FetchFailure")<{
  readonly detail: string
  /** A retry may help. */
  readonly isTransient: boolean
  /** The fetch policy denies its URL or address. */
  readonly isDenied: boolean
  /** Of the file server. */
  readonly status?: number
}> {
  /** The link itself may have expired: Kling can show a fresh one. */
  get isDeadLink(): boolean {
    return this.status !== undefined && deadLinkStatuses.has(this.status)
  }
}

const deadLinkStatuses: ReadonlySet<number> = new Set([401, 403, 404, 410])

export const failure = (detail: string, isTransient: boolean, status?: number): FetchFailure =>
  new FetchFailure({ detail, isTransient, isDenied: false, ...(status === undefined ? {} : { status }) })

export const denied = (detail: string): FetchFailure => new FetchFailure({ detail, isTransient: false, isDenied: true })

export const stalled = failure("the file server stopped responding", true)
