import { layer } from "@effect/vitest"
import { TestDatabase } from "../ledger/testing/test-database.ts"
import { crashSuite, inRealTime } from "./testing/crash-suite.ts"

layer(TestDatabase.postgres, inRealTime)("a program on PostgreSQL that crashes", (it) =>
  crashSuite(it, { findable: "proven", points: 16, pairs: 160 })
)
