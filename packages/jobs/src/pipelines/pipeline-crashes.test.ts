import { layer } from "@effect/vitest"
import { TestDatabase } from "../ledger/testing/test-database.ts"
import { inRealTime, pipelineCrashSuite } from "./testing/pipeline-crash-suite.ts"

layer(TestDatabase.sqliteFile, inRealTime)("a pipeline on SQLite whose program crashes", pipelineCrashSuite)
