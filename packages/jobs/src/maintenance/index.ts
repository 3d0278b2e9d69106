export { type Finding, isHarmless, type LedgerReport } from "../ledger/ledger-report.ts"
export { checkLedger, configuredLocation, exportLedger, type LedgerLocation } from "../sqlite/maintain-ledger.ts"
export { planRepair, type RepairPlan, type RepairStep } from "../sqlite/plan-repair.ts"
export { repairFile, type RepairResult } from "../sqlite/repair-file.ts"
