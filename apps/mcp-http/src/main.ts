import { configuredSecrets, isAuthenticated, makeKnownSecrets } from "@klingkit/hosting"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { nodeFileHostBehindProxies, useProxies } from "@klingkit/jobs/node"
import { Effect, Layer, Result } from "effect"
import manifest from "../package.json" with { type: "json" }
import { help, readArguments, type ServeArgs } from "./arguments.ts"
import { auditFileProblem } from "./audit-file.ts"
import type { Run } from "./commands/command.ts"
import { isLoopback } from "./guard.ts"
import { logLayer } from "./log.ts"
import { readSettings } from "./read-settings.ts"
import { startServer } from "./start-server.ts"

const { version } = manifest
const secrets = makeKnownSecrets(Effect.runSync(configuredSecrets))

const stopWith = (exitCode: number, message: string): void => {
  process.stderr.write(secrets.redact(`klingkit-mcp-http: ${message}\n`))
  process.exitCode = exitCode
}

const serve = ({ host, port, ...args }: ServeArgs): void => {
  const read = Effect.runSync(Effect.result(readSettings(args)))
  if (Result.isFailure(read)) return stopWith(2, read.failure.join("\nklingkit-mcp-http: "))
  const settings = read.success
  if (!isLoopback(host) && !isAuthenticated(settings.hosting)) return stopWith(2, openToAll(host))
  const { auditLog } = settings.operating
  const problem = auditLog === undefined ? undefined : auditFileProblem(auditLog)
  if (problem !== undefined) return stopWith(2, problem)
  return startServer({ settings, host, port, version, secrets, fail: (message) => stopWith(1, message) })
}

const openToAll = (host: string): string =>
  `--host ${host} is reachable from other machines, and every caller spends your Kling units: let callers sign in (KLINGKIT_AUTH_ISSUER, or KLINGKIT_AUTH_KEYS=on), or listen on 127.0.0.1`

const runCommand = async (run: Run): Promise<void> => {
  const needs = Layer.merge(ledgerFromConfig, nodeFileHostBehindProxies)
  const logging = logLayer({ format: "text", level: "Warn" }, secrets)
  const outcome = await Effect.runPromise(Effect.result(run).pipe(Effect.provide(Layer.provide(needs, logging))))
  if (Result.isFailure(outcome)) return stopWith(1, `${outcome.failure.message}; ${outcome.failure.suggestion}`)
  const { stdout, stderr, exitCode } = outcome.success
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  process.exitCode = exitCode
}

const proxyProblem = await Effect.runPromise(useProxies)
if (proxyProblem !== undefined) process.stderr.write(`klingkit-mcp-http: ${proxyProblem}; connecting directly\n`)

const args = readArguments(process.argv.slice(2))
switch (args.do) {
  case "help":
    process.stdout.write(help)
    break
  case "version":
    process.stdout.write(`${version}\n`)
    break
  case "refuse":
    stopWith(2, `${args.message}\nSee klingkit-mcp-http --help.`)
    break
  case "serve":
    serve(args)
    break
  default:
    await runCommand(args.run)
}
