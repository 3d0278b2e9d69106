import { settingsHelp } from "@klingkit/mcp"
import { parseArgs } from "node:util"
import { type Scope, scopes } from "@klingkit/tools"

export const help = `klingkit-mcp-http: Kling AI for agents, an MCP server over HTTP

Usage: klingkit-mcp-http [--port 8787] [--host 127.0.0.1] [--toolsets core,studio,raw|all] [--read-only]
       klingkit-mcp-http keys add NAME [--scopes kling:read,kling:generate]
       klingkit-mcp-http keys list
       klingkit-mcp-http keys revoke NAME

  --port NUMBER     port to listen on; 0 for any free port (default 8787)
  --host ADDRESS    address to listen on (default 127.0.0.1); beyond loopback only if callers must sign in
  --toolsets LIST   tools to offer (default: KLINGKIT_TOOLSETS, else core)
  --read-only       only tools that neither change nor cost anything
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
}

/** Manages access keys. */
export type KeysArgs =
  | { readonly do: "add-key"; readonly name: string; readonly scopes: ReadonlyArray<Scope> }
  | { readonly do: "revoke-key"; readonly name: string }
  | { readonly do: "list-keys" }

export type ParsedArgs =
  | ServeArgs
  | KeysArgs
  | { readonly do: "help" | "version" }
  | { readonly do: "refuse"; readonly message: string }

/** Parses the command line; refuses what it does not know. */
export const readArguments = (args: ReadonlyArray<string>): ParsedArgs => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: { type: "string", default: "8787" },
        host: { type: "string", default: "127.0.0.1" },
        toolsets: { type: "string" },
        scopes: { type: "string" },
        "read-only": { type: "boolean", default: false },
        version: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false }
      }
    })
    if (values.help) return { do: "help" }
    if (values.version) return { do: "version" }
    if (positionals.length > 0) return readKeys(positionals, values.scopes)
    if (values.scopes !== undefined) return refuse("--scopes is for keys add")
    const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Infinity
    if (port > 65_535) return refuse(`--port must be a port from 0 to 65535, not ${values.port}`)
    return { do: "serve", port, host: values.host, toolsets: values.toolsets, readOnly: values["read-only"] }
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

/** As they appear in the log, and in what a caller's tasks belong to. */
const keyName = /^[a-z0-9][a-z0-9._-]{0,63}$/

const readKeys = ([noun, verb, name, ...rest]: ReadonlyArray<string>, list: string | undefined): ParsedArgs => {
  if (noun !== "keys") return refuse(`${noun} is not a command here; there is keys`)
  if (verb === "list" && name === undefined) return { do: "list-keys" }
  if ((verb !== "add" && verb !== "revoke") || name === undefined || rest.length > 0) {
    return refuse("keys takes add NAME, revoke NAME, or list")
  }
  if (verb === "revoke") return list === undefined ? { do: "revoke-key", name } : refuse("--scopes is for keys add")
  if (!keyName.test(name)) {
    return refuse(`${name} cannot name a key: small letters, digits, ".", "_" and "-", at most 64`)
  }
  const asked = (list ?? "kling:generate").split(",").map((scope) => scope.trim())
  const unknown = asked.find((scope) => !scopes.some((known) => known === scope))
  return unknown === undefined
    ? { do: "add-key", name, scopes: scopes.filter((scope) => asked.includes(scope)) }
    : refuse(`${unknown} is not a scope: ${scopes.join(", ")}`)
}

const refuse = (message: string): ParsedArgs => ({ do: "refuse", message })
