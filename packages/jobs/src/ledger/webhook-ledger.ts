import type { Effect } from "effect"
import type { LedgerDatabase } from "./database.ts"
import {
  activeEndpoints,
  addEndpoint,
  type Endpoint,
  type EndpointReport,
  findEndpoint,
  postponeMessages,
  removeEndpoint,
  type Replayed,
  replayMessages,
  reportEndpoints
} from "./endpoints.ts"
import type { LedgerError } from "./ledger-error.ts"
import { type Attempted, claimMessages, type Message, recordAttempt } from "./messages.ts"

/** Who is notified when jobs end, and what is on its way to them. Messages are written by the transaction that ends a job. */
export interface WebhookLedger {
  /** False if there is an endpoint of this name, which stays as it is. */
  add(endpoint: Omit<Endpoint, "createdAt" | "disabledAt">): Effect.Effect<boolean, LedgerError>
  find(name: string): Effect.Effect<Endpoint | undefined, LedgerError>
  /** Those that want messages, by name. */
  readonly active: Effect.Effect<ReadonlyArray<Endpoint>, LedgerError>
  /** All, by name, with how their messages stand. */
  readonly report: Effect.Effect<ReadonlyArray<EndpointReport>, LedgerError>
  /** With its messages. False if there is none of this name. */
  remove(name: string): Effect.Effect<boolean, LedgerError>
  /** Sends messages again, and enables the endpoint. Returns how many; nothing if there is no such endpoint. */
  replay(name: string, which: Replayed): Effect.Effect<number | undefined, LedgerError>
  /** Claims due messages of an endpoint, by its id; they are due again after `leaseMillis`. */
  claim(
    endpoint: string,
    how: { readonly limit: number; readonly leaseMillis: number }
  ): Effect.Effect<ReadonlyArray<Message>, LedgerError>
  /** Does nothing if another attempt has begun since. */
  record(message: Message, attempted: Attempted): Effect.Effect<void, LedgerError>
  /** Nothing is sent to an endpoint, by its id, before this time. */
  postpone(endpoint: string, until: number): Effect.Effect<void, LedgerError>
}

export const webhookLedger = (database: LedgerDatabase["Service"]): WebhookLedger => {
  const work = database.guard(false)
  return {
    add: (endpoint) => work(addEndpoint(database, endpoint)),
    find: (name) => work(findEndpoint(database, name)),
    active: work(activeEndpoints(database)),
    report: work(reportEndpoints(database)),
    remove: (name) => work(removeEndpoint(database, name)),
    replay: (...replayed) => work(replayMessages(database, ...replayed)),
    claim: (...claim) => work(claimMessages(database, ...claim)),
    record: (...attempt) => work(recordAttempt(database, ...attempt)),
    postpone: (...postponed) => work(postponeMessages(database, ...postponed))
  }
}
