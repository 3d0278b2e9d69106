import { idField } from "@klingkit/core/requests"

/** The argument by which every tool identifies a task. */
export const taskId = idField()
