import { layer } from "@effect/vitest"
import { Layer } from "effect"
import { TestDatabase } from "../ledger/testing/test-database.ts"
import { crashSuite, Emulated, inRealTime } from "./testing/crash-suite.ts"

layer(Layer.merge(TestDatabase.postgres, Emulated.layer), inRealTime)(
  "a program on PostgreSQL that crashes",
  crashSuite
)
