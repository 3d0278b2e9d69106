import { layer } from "@effect/vitest"
import { TestDatabase } from "../ledger/testing/test-database.ts"
import { crashSuite, inRealTime } from "./testing/crash-suite.ts"

layer(TestDatabase.sqliteFile, inRealTime)(
  "a program on SQLite that crashes while it makes a task without an id",
  (it) => crashSuite(it, { findable: "no", points: 16, pairs: 136 })
)
