import { settingsHelp } from "@klingkit/mcp"
import { parseArgs } from "node:util"
import { isLoopback } from "./guard.ts"

export const help = `klingkit-mcp-http: Kling AI for agents, an MCP server over HTTP

Usage: klingkit-mcp-http [--port 8787] [--host 127.0.0.1] [--toolsets core,studio,raw|all] [--read-only]

  --port NUMBER     0 takes any free port (default 8787)
  --host ADDRESS    loopback only (default 127.0.0.1)
  --toolsets LIST   which tools to offer (default: KLINGKIT_TOOLSETS, else core)
  --read-only       only tools that change nothing and cost nothing
  --version         print the version
  --help            print this

MCP is at /mcp, a sign of life at /healthz.

Environment:
${settingsHelp}
  KLINGKIT_SECRET                         shared by replicas: seals what clients carry between question and answer
  KLINGKIT_ALLOWED_HOSTS                  comma list of host names besides loopback
  KLINGKIT_ALLOWED_ORIGINS                comma list of origins besides loopback, such as https://app.example
`

export interface Serve {
  readonly do: "serve"
  readonly port: number
  readonly host: string
  readonly toolsets: string | undefined
  readonly readOnly: boolean
}

export type Asked = Serve | { readonly do: "help" | "version" } | { readonly do: "refuse"; readonly message: string }

/** What the command line asks for; anything it does not know, and any address beyond loopback, is refused. */
export const readArguments = (args: ReadonlyArray<string>): Asked => {
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
    if (port > 65_535) return refuse(`--port ${values.port} is not a port: 0 to 65535`)
    if (!isLoopback(values.host)) {
      return refuse(
        `--host ${values.host} reaches beyond this machine, and whoever reaches the server spends your Kling units; it listens on loopback only (127.0.0.1, ::1) until it can ask callers who they are`
      )
    }
    return { do: "serve", port, host: values.host, toolsets: values.toolsets, readOnly: values["read-only"] }
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

const refuse = (message: string): Asked => ({ do: "refuse", message })
