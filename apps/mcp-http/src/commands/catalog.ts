import { budgets } from "./budgets.ts"
import type { Command } from "./command.ts"
import { keys } from "./keys.ts"
import { report } from "./report.ts"

/** What `klingkit-mcp-http` does besides serving. */
export const commands: Readonly<Record<string, Command>> = { budgets, keys, report }
