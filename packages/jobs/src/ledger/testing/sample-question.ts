import type { ApprovalQuestion } from "../approval-requests.ts"

/** A question to the user about a video of 42 cents. */
export const sampleQuestion: ApprovalQuestion = {
  title: "Generate video",
  operation: "new.t2v.kling-3.0",
  model: "kling-3.0",
  quote: { units: 3, priceUsd: 0.42, state: "exact", rule: "3 video units = 5 s x 0.6" },
  prompt: "a red fox",
  settings: [{ name: "duration_seconds", value: "5" }],
  warnings: ["the film is silent"],
  cheaper: [{ field: "durationSeconds", from: 5, to: 3, usd: 0.252, savedUsd: 0.168 }]
}
