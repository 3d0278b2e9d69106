import { Context } from "effect"

/**
 * Whether the interface itself asks the user to approve calls above the approval threshold. If so, the model gets no
 * confirm token: it could approve on the user's behalf.
 */
export const UserApprovalAvailable = Context.Reference<boolean>("@klingkit/tools/UserApprovalAvailable", {
  defaultValue: () => false
})
