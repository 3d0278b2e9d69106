import { Context } from "effect"

/** Whether the interface itself asks the user to approve calls above the approval threshold. */
export const UserApprovalAvailable = Context.Reference<boolean>("@klingkit/tools/UserApprovalAvailable", {
  defaultValue: () => false
})

/** The code of the question that the user has just approved in this interface. It is never an argument: a model cannot set it. */
export const GrantedApproval = Context.Reference<string | undefined>("@klingkit/tools/GrantedApproval", {
  defaultValue: () => undefined
})
