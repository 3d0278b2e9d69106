import { accounts } from "./accounts.ts"
import type { Command } from "./command.ts"
import { keys } from "./keys.ts"

/** What `klingkit-mcp-http` does besides serving. */
export const commands: Readonly<Record<string, Command>> = { accounts, keys }
