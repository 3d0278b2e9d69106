/** What one check has found, for an operator: one line. */
export interface Finding {
  readonly about: string
  readonly state: "ok" | "wrong" | "not tried"
  /** What was seen; if it is wrong, also what to do. */
  readonly text: string
}

export const ok = (about: string, text: string): Finding => ({ about, state: "ok", text })
export const wrong = (about: string, text: string): Finding => ({ about, state: "wrong", text })
export const notTried = (about: string, text: string): Finding => ({ about, state: "not tried", text })
