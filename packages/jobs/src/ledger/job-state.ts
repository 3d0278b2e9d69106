/**
 * State of a paid request.
 * - `INTENT`: persisted, nothing sent
 * - `SENDING`: a send may be on its way
 * - `IN_DOUBT`: a send may have arrived, its response was lost
 * - `UNKNOWN`: unresolved; a task found later is still adopted, and the user may declare that there is none
 * - `REFUSED`: definitely no task, nothing charged
 * - `ACCEPTED`, `RUNNING`: Kling has the task
 * - `SUCCEEDED`, `FAILED`: Kling has ended it
 * - `FETCHED`: its files are saved
 */
export type JobState =
  | "INTENT"
  | "SENDING"
  | "IN_DOUBT"
  | "UNKNOWN"
  | "REFUSED"
  | "ACCEPTED"
  | "RUNNING"
  | "SUCCEEDED"
  | "FAILED"
  | "FETCHED"

/** `once`: only after at most one send, since a second proves nothing about the first. */
type Condition = "always" | "once"

/** Every allowed transition. A task may end between two polls. */
const transitions: Readonly<Record<JobState, Partial<Readonly<Record<JobState, Condition>>>>> = {
  INTENT: { SENDING: "always", REFUSED: "always" },
  // Back to INTENT: nothing has left this machine, or Kling asked to retry later. SUCCEEDED: a synchronous call has
  // returned, and its result is persisted in the same transition.
  SENDING: { ACCEPTED: "always", SUCCEEDED: "always", IN_DOUBT: "always", REFUSED: "once", INTENT: "once" },
  IN_DOUBT: { ACCEPTED: "always", SENDING: "once", UNKNOWN: "always" },
  // REFUSED: by the user's word only.
  UNKNOWN: { ACCEPTED: "always", REFUSED: "always" },
  ACCEPTED: { RUNNING: "always", SUCCEEDED: "always", FAILED: "always" },
  RUNNING: { SUCCEEDED: "always", FAILED: "always" },
  SUCCEEDED: { FETCHED: "always" },
  REFUSED: {},
  FAILED: {},
  FETCHED: {}
}

export const jobStates = Object.keys(transitions) as ReadonlyArray<JobState>

/** The maximum number of sends with which a transition is allowed; nothing when it never is. */
export const maxSends = (from: JobState, to: JobState): number | undefined => {
  const condition = transitions[from][to]
  return condition === undefined ? undefined : condition === "once" ? 1 : Number.MAX_SAFE_INTEGER
}

/** How a transition changes the number of sends: back to INTENT, the send never left. */
export const sendsDelta = (to: JobState): number => (to === "SENDING" ? 1 : to === "INTENT" ? -1 : 0)

/** No transition leads out of it. */
export const isLastState = (state: JobState): boolean => Object.keys(transitions[state]).length === 0

/** Its task has ended, or never existed. Such a job never becomes unfinished again. */
export const isFinishedState = (state: JobState): boolean =>
  state === "REFUSED" || state === "SUCCEEDED" || state === "FAILED" || state === "FETCHED"

/** Whether the request may still be sent, so that its body has to be kept. */
export const mayBeSent = (state: JobState): boolean => state === "INTENT" || state === "SENDING" || state === "IN_DOUBT"

/** States that need work after a crash. */
export const unfinishedStates: ReadonlyArray<JobState> = jobStates.filter(
  (state) => !isFinishedState(state) && state !== "UNKNOWN"
)
