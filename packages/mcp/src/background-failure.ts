import { sanitizeText } from "@klingkit/core/internal"

/**
 * A log line about a failure that no call waits for. Its message may contain anything, even a key, so only its kind and
 * location are logged.
 */
export const backgroundFailure = (reason: unknown): string => {
  const kind = reason instanceof Error ? reason.name : typeof reason
  const location = reason instanceof Error ? /^ {4}(at .*)/m.exec(reason.stack ?? "")?.[1] : undefined
  return `background failure (${location === undefined ? kind : `${kind} ${location}`}); calls are not affected\n`
}

/** A log line about a message that the SDK could not use. */
export const wireFailure = ({ message }: Error): string => sanitizeText(message)
