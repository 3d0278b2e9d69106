import { layer } from "@effect/vitest"
import { beginSuite } from "../ledger/testing/begin-suite.ts"
import { TestDatabase } from "../ledger/testing/test-database.ts"

layer(TestDatabase.sqliteMemory)("a ledger in memory", (it) => {
  beginSuite(it)
})

layer(TestDatabase.sqliteFile)("a ledger in a file", (it) => {
  beginSuite(it)
})
