/**
 * What chat apps put into the arguments of every call for themselves, by who does it. No tool means anything by them, and no
 * model can leave them out, so they are dropped. A tool's own argument of such a name stays.
 */
const addedBy: Readonly<Record<string, ReadonlyArray<string>>> = {
  // Its scheduler's hint, in the schema of every tool; forwarded to servers (google-gemini/gemini-cli#27403).
  "Gemini CLI": ["wait_for_previous"],
  // The same hint, and words for its own display.
  Antigravity: ["waitForPreviousTools", "toolSummary", "toolAction"],
  // The to-do list that its system prompt asks for in every call (cline/cline#8256).
  Cline: ["task_progress"],
  // The fields of the workflow's item, merged into the arguments (n8n-io/n8n#21500, #22787, #37308).
  n8n: ["toolCallId", "sessionId", "chatInput", "action", "tool"],
  // A stand-in where a tool takes no arguments: its models had to give one.
  Cursor: ["random_string"],
  // The fingerprint of the agent that calls (crewAIInc/crewAI#4796).
  CrewAI: ["security_context"]
}

export const hostArguments: ReadonlySet<string> = new Set(Object.values(addedBy).flat())
