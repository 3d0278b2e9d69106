/** Process exit codes. Scripts rely on them, so a number never changes. */
export const exitCode = {
  done: 0,
  failed: 1,
  /** Wrong usage or input: nothing was sent. */
  usage: 2,
  credentials: 4,
  /** Over budget, or not approved. */
  notApproved: 5,
  stillRunning: 8,
  interrupted: 130
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
