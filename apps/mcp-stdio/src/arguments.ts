import { settingsHelp } from "@klingkit/mcp"
import { parseArgs } from "node:util"

export const help = `klingkit-mcp: Kling AI for agents, an MCP server over stdio

Usage: klingkit-mcp [--toolsets core,studio,raw|all] [--read-only]

  --toolsets LIST   tools to offer (default: KLINGKIT_TOOLSETS, else core)
  --read-only       only tools that neither change nor cost anything
  --version         print the version
  --help            print this help

Environment:
${settingsHelp}

It speaks MCP on stdin and stdout. A host such as Claude, Cursor or VS Code starts it.
`

export type ParsedArgs =
  | { readonly do: "serve"; readonly toolsets: string | undefined; readonly readOnly: boolean }
  | { readonly do: "help" | "version" }
  | { readonly do: "refuse"; readonly message: string }

/** Parses the command line. Refuses unknown arguments by name. */
export const readArguments = (args: ReadonlyArray<string>): ParsedArgs => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        toolsets: { type: "string" },
        "read-only": { type: "boolean", default: false },
        version: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false }
      }
    })
    if (values.help) return { do: "help" }
    if (values.version) return { do: "version" }
    return { do: "serve", toolsets: values.toolsets, readOnly: values["read-only"] }
  } catch (error) {
    return { do: "refuse", message: error instanceof Error ? error.message : String(error) }
  }
}
