/** What one client did to a service in one case. */
export interface Counts {
  /** Jobs that came into being: what an account would pay for. */
  readonly commits: number
  /** Creates that arrived, refused ones too. */
  readonly creates: number
  /** How each create names itself, so that a repeat can be told from a new job: `header or field: value`. */
  readonly ids: ReadonlyArray<string>
  /** What the case is about did happen. */
  readonly struck: boolean
}

/** A paid service on this machine, set up for one case. */
export interface Service {
  readonly url: string
  /** What the client needs in its environment. */
  readonly env: Readonly<Record<string, string>>
  count(): Promise<Counts>
  close(): Promise<void>
}
