import { layer } from "@effect/vitest"
import { beginSuite } from "../ledger/testing/begin-suite.ts"
import { TestDatabase } from "../ledger/testing/test-database.ts"

layer(TestDatabase.postgres)("a ledger in PostgreSQL", (it) => {
  beginSuite(it)
})
