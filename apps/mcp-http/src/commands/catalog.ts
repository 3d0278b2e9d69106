import { accounts } from "./accounts.ts"
import { budgets } from "./budgets.ts"
import { check } from "./check.ts"
import type { Command } from "./command.ts"
import { endpoints } from "./endpoints.ts"
import { keys } from "./keys.ts"
import { report } from "./report.ts"

/** What `klingkit-mcp-http` does besides serving. */
export const commands: Readonly<Record<string, Command>> = { accounts, budgets, check, endpoints, keys, report }
