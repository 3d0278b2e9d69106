import type { Vitest } from "@effect/vitest"
import { accessKeysSuite } from "./access-keys-suite.ts"
import { accountsSuite } from "./accounts-suite.ts"
import { approvalRequestsSuite } from "./approval-requests-suite.ts"
import { budgetSuite } from "./budget-suite.ts"
import { budgetHistoriesSuite } from "./budget-histories-suite.ts"
import { budgetsSuite } from "./budgets-suite.ts"
import { coordinationSuite } from "./coordination-suite.ts"
import { createSuite } from "./create-suite.ts"
import { daySpendSuite } from "./day-spend-suite.ts"
import { foundStepsSuite } from "./found-steps-suite.ts"
import { lateResultsSuite } from "./late-results-suite.ts"
import { listSuite } from "./list-suite.ts"
import { orphansSuite } from "./orphans-suite.ts"
import { periodSpendSuite } from "./period-spend-suite.ts"
import { pipelinesSuite } from "./pipelines-suite.ts"
import { storedCredentialsSuite } from "./stored-credentials-suite.ts"
import { takesSuite } from "./takes-suite.ts"
import { transitionsSuite } from "./transitions-suite.ts"
import { unfinishedSuite } from "./unfinished-suite.ts"
import type { TestDatabase } from "./test-database.ts"
import { uploadsSuite } from "./uploads-suite.ts"
import { webhooksSuite } from "./webhooks-suite.ts"

/** The contract of a ledger, the same for every database. What needs several processes is in `sharingSuite`. */
export const ledgerSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  createSuite(it)
  takesSuite(it)
  accountsSuite(it)
  budgetSuite(it)
  budgetsSuite(it)
  budgetHistoriesSuite(it)
  approvalRequestsSuite(it)
  daySpendSuite(it)
  periodSpendSuite(it)
  transitionsSuite(it)
  lateResultsSuite(it)
  listSuite(it)
  coordinationSuite(it)
  orphansSuite(it)
  pipelinesSuite(it)
  foundStepsSuite(it)
  accessKeysSuite(it)
  webhooksSuite(it)
  unfinishedSuite(it)
  storedCredentialsSuite(it)
  uploadsSuite(it)
}
