export { findTool, tools } from "./catalog.ts"
export type { Completer } from "./completions.ts"
export { instructions } from "./instructions.ts"
export type { JsonSchema } from "./json-schema.ts"
export { GrantedApproval, UserApprovalAvailable } from "./user-approval.ts"
export { unofferedTool, unknownTool } from "./missing-tool.ts"
export { OfferedTools } from "./offered-tools.ts"
export { Progress } from "./progress.ts"
export { endsWith, Stopping } from "./stopping.ts"
export { approvalCheckbox, approvalMessage, type Unapproved, formatUnapproved } from "./results/format-approval.ts"
export { prompts } from "./prompts/catalog.ts"
export type { Prompt, PromptArgument } from "./prompts/prompt.ts"
export { type Resource, resources } from "./resources.ts"
export { formatDefect, type FormattedError, formatError } from "./results/format-error.ts"
export { type TaskData, taskResult } from "./results/task-result.ts"
export { grants, type Scope, scopeOf, scopes } from "./scope.ts"
export { skills } from "./skills/catalog.ts"
export type { Skill } from "./skills/skill.ts"
export type {
  FileLink,
  PreviewImage,
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
