import * as PgClient from "@effect/sql-pg/PgClient"
import { Effect, Fiber, Queue, Schedule, type Scope } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Announcements } from "../ledger/database.ts"
import { makeNotifications } from "../notifications.ts"

/** Of the whole database: handles are unique, whatever schema a ledger is in. */
const channel = "klingkit_jobs"

/**
 * Announcements that every program hears which has this database as its ledger. They are hints: while the listener has no
 * connection, or behind a pooler that gives it none of its own, only what this process announces is heard.
 */
export const makeAnnouncements: Effect.Effect<Announcements, never, PgClient.PgClient | Scope.Scope> = Effect.gen(
  function* () {
    const client = yield* PgClient.PgClient
    const here = yield* makeNotifications
    const hear: Effect.Effect<never, SqlError> = Effect.scoped(
      Effect.flatMap(client.listen(channel), (heard) =>
        Effect.forever(Effect.flatMap(Queue.take(heard), ({ payload }) => here.notify(payload)))
      )
    )
    const hearing = hear.pipe(Effect.retry(Schedule.spaced("3 seconds")), Effect.ignore)
    // To stop listening takes an answer, and a server that is frozen gives none: the client bounds how long closing takes.
    yield* Effect.acquireRelease(Effect.forkDetach(hearing), (listener) =>
      Effect.asVoid(Effect.forkDetach(Fiber.interrupt(listener)))
    )
    return {
      await: here.await,
      notify: (handle) => Effect.andThen(here.notify(handle), client.notify(channel, handle))
    }
  }
)
