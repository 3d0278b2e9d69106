/**
 * How far a paid request has come.
 * - `INTENT`: written down, nothing sent
 * - `SENDING`: a send may be on its way
 * - `IN_DOUBT`: a send may have arrived, its answer was lost
 * - `UNKNOWN`: could not be settled; a task found later is still adopted
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

/** `once`: only while at most one send has left, for a second one proves nothing about the first. */
type Move = "always" | "once"

/** Every step that a job can take; what is not here never happens. A task may end between two looks. */
const moves: Readonly<Record<JobState, Partial<Readonly<Record<JobState, Move>>>>> = {
  INTENT: { SENDING: "always", REFUSED: "always" },
  // Back to INTENT: nothing has left this machine, or Kling asked to come again later. SUCCEEDED: an operation that answers
  // at once has, and its answer is written down in the same step.
  SENDING: { ACCEPTED: "always", SUCCEEDED: "always", IN_DOUBT: "always", REFUSED: "once", INTENT: "once" },
  IN_DOUBT: { ACCEPTED: "always", SENDING: "once", UNKNOWN: "always" },
  UNKNOWN: { ACCEPTED: "always" },
  ACCEPTED: { RUNNING: "always", SUCCEEDED: "always", FAILED: "always" },
  RUNNING: { SUCCEEDED: "always", FAILED: "always" },
  SUCCEEDED: { FETCHED: "always" },
  REFUSED: {},
  FAILED: {},
  FETCHED: {}
}

export const jobStates = Object.keys(moves) as ReadonlyArray<JobState>

/** The most sends with which a job may step from one state to another; nothing when it never may. */
export const mostSends = (from: JobState, to: JobState): number | undefined => {
  const move = moves[from][to]
  return move === undefined ? undefined : move === "once" ? 1 : Number.MAX_SAFE_INTEGER
}

/** By how much a step changes the number of sends: one that goes back to the intent has never left. */
export const sendsStep = (to: JobState): number => (to === "SENDING" ? 1 : to === "INTENT" ? -1 : 0)

/** No step leads on from here. */
export const isLastState = (state: JobState): boolean => Object.keys(moves[state]).length === 0

/** Its task has ended, or never was. Such a job never goes back. */
export const isFinishedState = (state: JobState): boolean =>
  state === "REFUSED" || state === "SUCCEEDED" || state === "FAILED" || state === "FETCHED"

/** Whether the request may yet be sent, so that its body has to be kept. */
export const mayBeSent = (state: JobState): boolean => state === "INTENT" || state === "SENDING" || state === "IN_DOUBT"

/** Where somebody has to go on after a crash. */
export const unfinishedStates: ReadonlyArray<JobState> = jobStates.filter(
  (state) => !isFinishedState(state) && state !== "UNKNOWN"
)
