/** What a host answers to a form that no user has seen: a program does it, at once. */
export interface ProgramAnswer {
  readonly host: string
  readonly answer:
    | { readonly result: unknown }
    | { readonly error: { readonly code: number; readonly message: string } }
}

/** Nothing is sent for any of them, and each leaves a way that the user can take. */
export const programAnswers: ReadonlyArray<ProgramAnswer> = [
  { host: "declines", answer: { result: { action: "decline" } } },
  { host: "cancels", answer: { result: { action: "cancel" } } },
  { host: "accepts without the field", answer: { result: { action: "accept" } } },
  { host: "accepts with null", answer: { result: { action: "accept", content: null } } },
  { host: "accepts with no", answer: { result: { action: "accept", content: { approve: false } } } },
  { host: "accepts in text", answer: { result: { action: "accept", content: { approve: "true" } } } },
  { host: "answers in a word of its own", answer: { result: { action: "yes" } } },
  { host: "answers null", answer: { result: null } },
  { host: "has no such method", answer: { error: { code: -32_601, message: "Method not found" } } },
  { host: "fails", answer: { error: { code: -32_603, message: "elicitation is disabled" } } }
]

/** What a model gives in the user's place: words that approve nothing. */
export const selfApprovals: ReadonlyArray<Readonly<Record<string, unknown>>> = [
  { confirm_token: "yes" },
  { confirm_token: true },
  { confirm_token: "{code}" },
  { confirm_token: "Approval code: {code}" }
]
