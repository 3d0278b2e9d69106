import { settingsHelp } from "@klingkit/mcp"
import { parseArgs } from "node:util"
import { commands } from "./commands/catalog.ts"
import type { Command, Run } from "./commands/command.ts"

export const help = `klingkit-mcp-http: Kling AI for agents, an MCP server over HTTP

Usage: klingkit-mcp-http [--port 8787] [--host 127.0.0.1] [--toolsets core,studio,raw|all] [--read-only]
       klingkit-mcp-http keys add NAME [--scopes kling:read,kling:generate] [--person NAME] [--project NAME]
       klingkit-mcp-http keys list
       klingkit-mcp-http keys revoke NAME
       klingkit-mcp-http endpoints add NAME URL [--caller key:NAME]
       klingkit-mcp-http endpoints list
       klingkit-mcp-http endpoints remove NAME
       klingkit-mcp-http endpoints replay NAME --since 2026-11-30T00:00Z | --message ID
       klingkit-mcp-http endpoints test NAME
       klingkit-mcp-http check
       klingkit-mcp-http accounts list
       klingkit-mcp-http accounts reseal
       klingkit-mcp-http accounts disconnect CALLER
       klingkit-mcp-http budgets set organization|project|person|key NAME USD --per day|month|total
       klingkit-mcp-http budgets list
       klingkit-mcp-http budgets remove organization|project|person|key NAME [--per day|month|total]
       klingkit-mcp-http report [--since DAY] [--until DAY] [--by person] [--format csv|json]

  --port NUMBER     port to listen on; 0 for any free port (default 8787)
  --host ADDRESS    address to listen on (default 127.0.0.1); beyond loopback only if callers must sign in
  --toolsets LIST   tools to offer (default: KLINGKIT_TOOLSETS, else core)
  --read-only       only tools that neither change nor cost anything
  --version         print the version
  --help            print this help

  keys              gives a caller an access key, shows who has one, takes one back; for KLINGKIT_AUTH_KEYS=on
  check             tries the settings, the ledger, the issuer, Kling and, at KLINGKIT_PUBLIC_URL, what a client does
  --scopes LIST     kling:read, kling:generate, kling:admin; each includes those before it (default kling:generate)
  --person NAME, --project NAME
                    whose budgets count what the key spends, beside its own and the organization's

  budgets           what an organization, a project, a person or a key may spend, in USD; days and months are UTC.
                    NAME may be left out for the organization of this server
  report            what was spent on the server's Kling account, on days in UTC, the last included (default today):
                    2026-11-01, 7d, "this month"; --by organization, project, person, key, model or day

  endpoints         programs that get a signed webhook when a job ends; needs the KLINGKIT_SECRET of the server
  --caller ID       only about the jobs of this caller: the subject of its tokens, or key:NAME
  --since TIME      sends again what ended since then; --message sends one message, by its webhook-id

  accounts          shows which callers have connected a Kling account of their own, encrypts all with the current
                    KLINGKIT_SECRET, deletes one

MCP is at /mcp, REST at /v1 (described by /v1/openapi.json), the page on which callers connect a Kling account at
/account, health checks at /healthz and /readyz.

Environment:
${settingsHelp}
  KLINGKIT_PUBLIC_URL                     the origin that clients see, such as https://kling.example
  KLINGKIT_AUTH_ISSUER                    callers need an access token of this OAuth issuer
  KLINGKIT_AUTH_AUDIENCE                  whom tokens must be for (default: KLINGKIT_PUBLIC_URL + /mcp)
  KLINGKIT_AUTH_JWKS_URI                  the issuer's keys, if its metadata do not say
  KLINGKIT_AUTH_KEYS                      on: callers may use an access key (klingkit-mcp-http keys); off
  KLINGKIT_PROJECT_CLAIM                  the claim of tokens that names the project that pays
  KLINGKIT_ORGANIZATION_CLAIM             the claim of tokens that names the organization that pays
  KLINGKIT_CALLBACK_SECRETS               whsec_... of Kling's console, comma-separated: its callbacks end waits at once
  KLINGKIT_AUTH_CLIENT_ID                 what the account page is at the issuer, for callers who sign in there
  KLINGKIT_AUTH_CLIENT_SECRET             its secret, if the issuer gave it one
  KLINGKIT_OWN_ACCOUNTS                   required: callers pay from Kling accounts of their own only; allowed
  KLINGKIT_SECRET                         shared by replicas: signs the state that clients return with an answer, and
                                          webhooks; encrypts the Kling accounts of callers
  KLINGKIT_FORMER_SECRETS                 comma-separated: the secrets before it, which still open what they encrypted
  KLINGKIT_LOG                            json: the log on stderr as JSON lines; text
  KLINGKIT_LOG_LEVEL                      debug, info (each request too), warn (default), error
  KLINGKIT_METRICS                        port, or address:port, of /metrics and the health checks; off
  KLINGKIT_DRAIN_SECONDS                  how long a stopped server still serves, while /readyz answers 503; 0
  KLINGKIT_AUDIT_LOG                      file to which each step of a paid job is appended, as JSON lines
  KLINGKIT_MEDIA_BUCKET                   S3-compatible bucket for finished media and what callers upload:
                                          https://s3.example/bucket, opened by AWS_ACCESS_KEY_ID and
                                          AWS_SECRET_ACCESS_KEY
  KLINGKIT_MEDIA_ORIGIN                   where callers reach it, if elsewhere than this server does
  KLINGKIT_MEDIA_REGION                   its region, if the host name does not say
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
      ...everywhere
    }
  })
  if (values.help) return { do: "help" }
  if (values.version) return { do: "version" }
  const [word] = positionals
  if (word !== undefined) return refuse(`${word} is not a command here; commands: ${Object.keys(commands).join(", ")}`)
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Infinity
  if (port > 65_535) return refuse(`--port must be a port from 0 to 65535, not ${values.port}`)
  return { do: "serve", port, host: values.host, toolsets: values.toolsets, readOnly: values["read-only"] }
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
