import { sanitizeText } from "@klingkit/core/internal"
import { checkLedger, configuredLocation, planRepair, repairFile, type RepairPlan } from "@klingkit/jobs/maintenance"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { confirmAtTerminal, notConfirmed } from "../../output/confirm.ts"
import { usageError } from "../../output/failure.ts"
import { Output } from "../../output/output.ts"
import { errorOf, unsoundness } from "./check.ts"
import { forgottenText, lostText, stepText } from "./repair-text.ts"
import { reportView } from "./report-view.ts"
import { findingText } from "./finding-text.ts"
import { toggle } from "../toggle.ts"

const planned = Effect.fnUntraced(function* (options: { readonly acceptId: boolean; readonly beginAnew: boolean }) {
  const location = yield* configuredLocation
  if ("url" in location) {
    return yield* usageError([
      { field: "KLINGKIT_DATABASE_URL", message: "names a PostgreSQL, which its own tools repair; check works on it" }
    ])
  }
  const report = yield* checkLedger(location)
  const plan = yield* planRepair(report, options)
  if (options.beginAnew && !plan.steps.some(({ _tag }) => _tag === "BeginAnew")) {
    return yield* usageError([
      { field: "--new", message: "is for a ledger that is lost or damaged; this one is neither" }
    ])
  }
  return plan
})

export const repair = Command.make(
  "repair",
  {
    acceptId: toggle("accept-id", "the ledger that is there is the one you want, although another was there before"),
    beginAnew: toggle("new", "begin a ledger that knows of no earlier payment; what is there is kept as a backup"),
    dryRun: toggle("dry-run", "print what would be done, without doing it"),
    yes: toggle("yes", "do it without asking")
  },
  Effect.fnUntraced(function* ({ dryRun, yes, ...options }) {
    const output = yield* Output
    const plan = yield* planned(options)
    const steps = plan.steps.map((step) => ({ ...step, text: stepText(step) }))
    const remaining = plan.remaining.map((finding) => ({ finding: finding._tag, ...findingText(finding) }))
    const todo = [
      ...steps.map(({ text }) => `- ${text}`),
      ...remaining.map(({ what, next }) => `Remains: ${what}\n  Next: ${next}`),
      ...(options.beginAnew ? forgottenText(plan.report) : [])
    ]
    const view = { location: plan.report.location, steps: steps.map(({ _tag, ...step }) => ({ step: _tag, ...step })) }
    if (dryRun || steps.length === 0) {
      const nothing = steps.length === 0 ? ["Nothing to repair."] : ["Nothing was changed."]
      // What would be repaired is no failure; what cannot be is.
      const unsound = steps.length > 0 ? undefined : unsoundness(plan.report)
      yield* output.answer({
        json: { ...view, dryRun, remaining, ...errorOf(unsound) },
        text: [...todo, ...nothing].join("\n")
      })
      return unsound === undefined ? undefined : yield* unsound
    }
    yield* output.say(`Ledger: ${plan.report.location}`)
    yield* Effect.forEach(todo, (line) => output.say(line))
    if (!yes) yield* confirm(plan)
    const { report, backup, lost } = yield* repairFile(plan)
    const unsound = unsoundness(report)
    yield* output.answer({
      json: { ...view, dryRun, remaining, backup, lost, report: reportView(report), ...errorOf(unsound) },
      text: [
        ...(backup === undefined ? [] : [`Backup: ${backup}`]),
        ...lost.map(lostText),
        report.isSound ? "The ledger is sound." : "The ledger is not sound yet: klingkit ledger check"
      ].join("\n")
    })
    if (unsound !== undefined) return yield* unsound
  })
).pipe(
  Command.withDescription("Repair the ledger file: a backup first, then only what loses no row"),
  Command.withExamples([
    { command: "klingkit ledger repair --dry-run" },
    { command: "klingkit ledger repair --yes", description: "In a script" },
    { command: "klingkit ledger repair --accept-id", description: "After you have put another ledger in its folder" }
  ])
)

/** Asks at a terminal; a script says so beforehand. */
const confirm = Effect.fnUntraced(function* ({ report }: RepairPlan) {
  const isConfirmed = yield* confirmAtTerminal({
    question: "Close all programs that use this ledger. Repair it now?",
    undone: "nothing was changed",
    otherwise: "close all programs that use it, and add --yes"
  })
  if (isConfirmed) return
  return yield* notConfirmed(`nothing was changed in ${sanitizeText(report.location)}`, "run the command again")
})
