import { layer } from "@effect/vitest"
import { TestDatabase } from "../ledger/testing/test-database.ts"
import { crashSuite, inRealTime } from "./testing/crash-suite.ts"

layer(TestDatabase.sqliteFile, inRealTime)("a program on SQLite that crashes, its task in no lookup", (it) => {
  crashSuite(it, { findable: "no", points: 16, pairs: 0 })
  crashSuite(it, { findable: "unproven", points: 16, pairs: 0 })
})
