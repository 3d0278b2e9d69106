import { settingsHelp } from "@klingkit/mcp"
import { parseArgs } from "node:util"

export const help = `klingkit-mcp: Kling AI for agents, an MCP server over stdio

Usage: klingkit-mcp [--toolsets core,studio,raw|all] [--read-only]

  --toolsets LIST   which tools to offer (default: KLINGKIT_TOOLSETS, else core)
  --read-only       only tools that change nothing and cost nothing
  --version         print the version
  --help            print this

Environment:
${settingsHelp}

It speaks MCP on stdin and stdout; a host such as Claude, Cursor or VS Code starts it.
`

export type Asked =
  | { readonly do: "serve"; readonly toolsets: string | undefined; readonly readOnly: boolean }
  | { readonly do: "help" | "version" }
  | { readonly do: "refuse"; readonly message: string }

/** What the command line asks for; anything it does not know is refused by name. */
export const readArguments = (args: ReadonlyArray<string>): Asked => {
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
