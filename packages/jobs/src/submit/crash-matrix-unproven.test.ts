import { layer } from "@effect/vitest"
import { TestDatabase } from "../ledger/testing/test-database.ts"
import { crashSuite, inRealTime } from "./testing/crash-suite.ts"

layer(TestDatabase.sqliteFile, inRealTime)("a program on SQLite that crashes, its external id ignored", (it) =>
  crashSuite(it, { findable: "unproven", points: 16, pairs: 220 })
)
