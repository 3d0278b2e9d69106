/**
 * A line for the log about something that failed where no call waits for it. Its message may hold anything, a key among
 * it, so only its kind and its place are said.
 */
export const backgroundFailure = (reason: unknown): string => {
  const kind = reason instanceof Error ? reason.name : typeof reason
  const place = reason instanceof Error ? /^ {4}(at .*)/m.exec(reason.stack ?? "")?.[1] : undefined
  return `something failed in the background (${place === undefined ? kind : `${kind} ${place}`}); calls go on\n`
}
