export { startFreezable } from "../ledger/testing/freeze-postgres.ts"
export { sampleQuestion } from "../ledger/testing/sample-question.ts"
