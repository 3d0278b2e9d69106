import { accounts } from "./accounts.ts"
import { check } from "./check.ts"
import type { Command } from "./command.ts"
import { endpoints } from "./endpoints.ts"
import { keys } from "./keys.ts"

/** What `klingkit-mcp-http` does besides serving. */
export const commands: Readonly<Record<string, Command>> = { accounts, check, endpoints, keys }
