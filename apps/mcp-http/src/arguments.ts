import { settingsHelp } from "@klingkit/mcp"
import { parseArgs } from "node:util"
import { commands } from "./commands/catalog.ts"
import type { Command, Run } from "./commands/command.ts"

export const help = `klingkit-mcp-http: Kling AI for agents, an MCP server over HTTP

Usage: klingkit-mcp-http [--port 8787] [--host 127.0.0.1] [--toolsets core,studio,raw|all] [--read-only]
                        [--drain-seconds 0]
       klingkit-mcp-http keys add NAME [--scopes kling:read,kling:generate]
       klingkit-mcp-http keys list
       klingkit-mcp-http keys revoke NAME

  --port NUMBER     port to listen on; 0 for any free port (default 8787)
  --host ADDRESS    address to listen on (default 127.0.0.1); beyond loopback only if callers must sign in
  --toolsets LIST   tools to offer (default: KLINGKIT_TOOLSETS, else core)
  --read-only       only tools that neither change nor cost anything
  --drain-seconds NUMBER  after SIGTERM, for how long requests are still served while /readyz answers 503, so that a
                    balancer notices (default 0)
  --version         print the version
  --help            print this help

  keys              gives a caller an access key, shows who has one, takes one back; for KLINGKIT_AUTH_KEYS=on
  --scopes LIST     kling:read, kling:generate, kling:admin; each includes those before it (default kling:generate)

MCP is at /mcp, health checks at /healthz and /readyz.

Environment:
${settingsHelp}
  KLINGKIT_PUBLIC_URL                     the origin that clients see, such as https://kling.example
  KLINGKIT_AUTH_ISSUER                    callers need an access token of this OAuth issuer
  KLINGKIT_AUTH_AUDIENCE                  whom tokens must be for (default: KLINGKIT_PUBLIC_URL + /mcp)
  KLINGKIT_AUTH_JWKS_URI                  the issuer's keys, if its metadata do not say
  KLINGKIT_AUTH_KEYS                      on: callers may use an access key (klingkit-mcp-http keys); off
  KLINGKIT_CALLBACK_SECRETS               whsec_... of Kling's console, comma-separated: its callbacks end waits at once
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
  readonly drainSeconds: number
}

export type ParsedArgs =
  | ServeArgs
  | { readonly do: "run"; readonly run: Run }
  | { readonly do: "help" | "version" }
  | { readonly do: "refuse"; readonly message: string }

/** Parses the command line; refuses what it does not know. */
export const readArguments = (args: ReadonlyArray<string>): ParsedArgs => {
  const [noun = "", ...rest] = args
  const command = Object.hasOwn(commands, noun) ? commands[noun] : undefined
  try {
    return command === undefined ? readServe(args) : readCommand(command, rest)
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

const everywhere = {
  version: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false }
} as const

const readServe = (args: ReadonlyArray<string>): ParsedArgs => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      port: { type: "string", default: "8787" },
      host: { type: "string", default: "127.0.0.1" },
      toolsets: { type: "string" },
      "read-only": { type: "boolean", default: false },
      "drain-seconds": { type: "string", default: "0" },
      ...everywhere
    }
  })
  if (values.help) return { do: "help" }
  if (values.version) return { do: "version" }
  const [word] = positionals
  if (word !== undefined) return refuse(`${word} is not a command here; commands: ${Object.keys(commands).join(", ")}`)
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Infinity
  if (port > 65_535) return refuse(`--port must be a port from 0 to 65535, not ${values.port}`)
  const drainSeconds = /^\d{1,4}$/.test(values["drain-seconds"]) ? Number(values["drain-seconds"]) : Infinity
  if (drainSeconds > 3600) {
    return refuse(`--drain-seconds must be a number of seconds from 0 to 3600, not ${values["drain-seconds"]}`)
  }
  const { host, toolsets, "read-only": readOnly } = values
  return { do: "serve", port, host, toolsets, readOnly, drainSeconds }
}

const readCommand = (command: Command, args: ReadonlyArray<string>): ParsedArgs => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...Object.fromEntries(command.flags.map((flag) => [flag, { type: "string" as const }])), ...everywhere }
  })
  if (values.help) return { do: "help" }
  if (values.version) return { do: "version" }
  const flags = Object.fromEntries(
    Object.entries(values).flatMap(([flag, value]) => (typeof value === "string" ? [[flag, value]] : []))
  )
  const read = command.read(positionals, flags)
  return "refused" in read ? refuse(read.refused) : { do: "run", run: read }
}

const refuse = (message: string): ParsedArgs => ({ do: "refuse", message })
