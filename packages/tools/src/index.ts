export { findTool, tools } from "./catalog.ts"
export type { Completer } from "./completions.ts"
export { instructions } from "./instructions.ts"
export type { JsonSchema } from "./json-schema.ts"
export { PersonIsAsked } from "./person-is-asked.ts"
export { Progress } from "./progress.ts"
export { approvalBox, approvalQuestion, type Unapproved, unapprovedWords } from "./results/approval-words.ts"
export { prompts } from "./prompts/catalog.ts"
export type { Prompt, PromptArgument } from "./prompts/prompt.ts"
export { type Resource, resources } from "./resources.ts"
export { defectWords, type ErrorWords, errorWords } from "./results/error-words.ts"
export { skills } from "./skills/catalog.ts"
export type { Skill } from "./skills/skill.ts"
export type {
  FileLink,
  Picture,
  Tool,
  ToolEffect,
  ToolFailure,
  ToolHints,
  ToolNeeds,
  ToolResult,
  Toolset
} from "./tool.ts"
export { type Selection, selectTools } from "./toolsets.ts"
export { checkVideoStatus } from "./tools/check-video-status.ts"
export { boardTasks } from "./tools/board-tasks.ts"
