import { layer } from "@effect/vitest"
import { TestDatabase } from "../ledger/testing/test-database.ts"
import { inRealTime, pipelineCrashSuite } from "./testing/pipeline-crash-suite.ts"

layer(TestDatabase.postgres, inRealTime)("a pipeline on PostgreSQL whose program crashes", pipelineCrashSuite)
