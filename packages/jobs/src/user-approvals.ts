import { Context, Effect, Layer } from "effect"
import type { ApprovalQuestion, ApprovalRequest } from "./ledger/approval-requests.ts"
import type { Approved } from "./ledger/approvals.ts"
import { lazyLedger } from "./ledger/lazy-ledger.ts"
import { Ledger } from "./ledger/ledger.ts"
import type { LedgerError } from "./ledger/ledger-error.ts"
import type { LedgerSource } from "./ledger/ledger-source.ts"

/** The user may be away, or has to open a terminal first. */
const questionSeconds = 3600
/** An approval is for the price that was just shown. */
export const approvalSeconds = 600

/**
 * Questions to the user about a price, and their answers: what a form asks, and what a shell asks where no form can be shown.
 * A question has a code, which approves nothing until the user has said yes to it.
 */
export class UserApprovals extends Context.Service<
  UserApprovals,
  {
    /** Asks for exactly this; the same question while it is open or granted. */
    ask(approved: Approved, question: ApprovalQuestion): Effect.Effect<ApprovalRequest, LedgerError>
    /** Open and granted questions, the latest first; with a code only that one. */
    open(code?: string): Effect.Effect<ReadonlyArray<ApprovalRequest>, LedgerError>
    /** The user's yes: the request may be sent once, within ten minutes. False if it is not open any more. */
    grant(code: string): Effect.Effect<boolean, LedgerError>
    /** The user's no, or no answer: the question is closed. */
    close(code: string): Effect.Effect<void, LedgerError>
  }
>()("@klingkit/jobs/UserApprovals") {
  static readonly layer = (principal: string): Layer.Layer<UserApprovals, never, Ledger> =>
    Layer.effect(
      UserApprovals,
      Effect.map(Ledger, (ledger) => ({
        ask: (approved, question) => ledger.requestApproval(approved, question, questionSeconds),
        open: (code) => ledger.approvalRequests(principal, code),
        grant: (code) => ledger.grantApproval(principal, code, approvalSeconds),
        close: (code) => ledger.revokeApproval(code)
      }))
    )

  /** For programs that only answer questions: they need no credential. */
  static readonly layerLocal: Layer.Layer<UserApprovals, never, LedgerSource> = UserApprovals.layer("local").pipe(
    Layer.provide(lazyLedger)
  )
}
