import { settingsHelp } from "@klingkit/mcp"
import { parseArgs } from "node:util"
import { isLoopback } from "./guard.ts"

export const help = `klingkit-mcp-http: Kling AI for agents, an MCP server over HTTP

Usage: klingkit-mcp-http [--port 8787] [--host 127.0.0.1] [--toolsets core,studio,raw|all] [--read-only]

  --port NUMBER     port to listen on; 0 for any free port (default 8787)
  --host ADDRESS    loopback only (default 127.0.0.1)
  --toolsets LIST   tools to offer (default: KLINGKIT_TOOLSETS, else core)
  --read-only       only tools that neither change nor cost anything
  --version         print the version
  --help            print this help

MCP is at /mcp, a health check at /healthz.

Environment:
${settingsHelp}
  KLINGKIT_SECRET                         shared by replicas: signs the state that clients return with an answer
  KLINGKIT_ALLOWED_HOSTS                  comma-separated host names besides loopback
  KLINGKIT_ALLOWED_ORIGINS                comma-separated origins besides loopback, such as https://app.example,
                                          vscode-webview://*
`

export interface ServeArgs {
  readonly do: "serve"
  readonly port: number
  readonly host: string
  readonly toolsets: string | undefined
  readonly readOnly: boolean
}

export type ParsedArgs =
  | ServeArgs
  | { readonly do: "help" | "version" }
  | { readonly do: "refuse"; readonly message: string }

/** Parses the command line. Refuses unknown arguments and any address beyond loopback. */
export const readArguments = (args: ReadonlyArray<string>): ParsedArgs => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: "string", default: "8787" },
        host: { type: "string", default: "127.0.0.1" },
        toolsets: { type: "string" },
        "read-only": { type: "boolean", default: false },
        version: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false }
      }
    })
    if (values.help) return { do: "help" }
    if (values.version) return { do: "version" }
    const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Infinity
    if (port > 65_535) return refuse(`--port must be a port from 0 to 65535, not ${values.port}`)
    if (!isLoopback(values.host)) {
      return refuse(
        `--host ${values.host} is reachable from other machines, and every caller of the server spends your Kling units; until it can authenticate callers it listens on loopback only (127.0.0.1, ::1)`
      )
    }
    return { do: "serve", port, host: values.host, toolsets: values.toolsets, readOnly: values["read-only"] }
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

const refuse = (message: string): ParsedArgs => ({ do: "refuse", message })
