/** What one client did to a service in one case. */
export interface Counts {
  /** Jobs created, which an account would pay for. */
  readonly commits: number
  /** Create requests received, including rejected ones. */
  readonly creates: number
  /** The id of each create, by which a repeat is distinguished from a new job: `header or field: value`. */
  readonly ids: ReadonlyArray<string>
  /** The fault of the case did occur. */
  readonly faultOccurred: boolean
}

/** A local paid service, configured for one case. */
export interface Service {
  readonly url: string
  /** Environment variables for the client. */
  readonly env: Readonly<Record<string, string>>
  count(): Promise<Counts>
  close(): Promise<void>
}
