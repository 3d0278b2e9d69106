import { layer } from "@effect/vitest"
import { TestDatabase } from "../ledger/testing/test-database.ts"
import { crashSuite, inRealTime } from "./testing/crash-suite.ts"

layer(TestDatabase.postgres, inRealTime)(
  "a program on PostgreSQL that crashes while it makes a task without an id",
  (it) => crashSuite(it, { findable: "no", points: 16, pairs: 136 })
)
