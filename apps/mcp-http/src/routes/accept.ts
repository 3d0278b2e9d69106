/** The forms in which a client takes an answer. */
export interface Accepted {
  readonly json: boolean
  readonly eventStream: boolean
}

/**
 * What an `Accept` header asks for. Many clients send none, or one that fits every kind of document: they get JSON, which
 * any of them can read.
 */
export const acceptedBy = (header: string | undefined): Accepted => {
  if (header === undefined || header.trim() === "") return { json: true, eventStream: false }
  const types = header
    .toLowerCase()
    .split(",")
    .map((entry) => entry.split(";").map((part) => part.trim()))
    .filter(([, ...parameters]) => !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)))
    .map(([type]) => type ?? "")
  return {
    json: types.some((type) => type === "application/json" || type === "application/*" || type === "*/*"),
    eventStream: types.some((type) => type === "text/event-stream" || type === "text/*")
  }
}
