import { NodeServices } from "@effect/platform-node"
import {
  CallbackAddresses,
  CallLimits,
  defaultLimits,
  Gate,
  configuredSecrets,
  isAuthenticated,
  makeKnownSecrets,
  metadataPaths,
  resourceMetadata
} from "@klingkit/hosting"
import { LedgerSource } from "@klingkit/jobs"
import { ProgressWatch } from "@klingkit/jobs/internal"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { nodeFileHostBehindProxies, useProxies } from "@klingkit/jobs/node"
import { backgroundFailure, buildServer, CallerServices } from "@klingkit/mcp"
import { Effect, Layer, ManagedRuntime, Result } from "effect"
import type { IncomingMessage, Server } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as setTimeoutPromise } from "node:timers/promises"
import manifest from "../package.json" with { type: "json" }
import { admit, type Admit } from "./admission.ts"
import { auditFile, auditFileProblem } from "./audit-file.ts"
import { help, readArguments, type ServeArgs } from "./arguments.ts"
import type { Run } from "./commands/command.ts"
import { isLoopback } from "./guard.ts"
import { callbackRoute, receiveCallback } from "./routes/callbacks.ts"
import { documentRoute } from "./routes/documents.ts"
import { healthRoutes } from "./routes/health.ts"
import { mcpRoutes } from "./routes/mcp.ts"
import { logLayer } from "./log.ts"
import { readSettings } from "./read-settings.ts"
import { makeOperationsServer } from "./operations.ts"
import { metricsRoute, makeMetricsText } from "./routes/metrics.ts"
import { observeRequests } from "./observe.ts"
import { makeHttpApp } from "./serve.ts"
import { callerSpan, traces } from "./traces.ts"

/** Calls may finish for this long after a stop signal. */
const graceMillis = 5000
/** Kling may answer a request that was sent for this long after that. */
const lingerMillis = 5000

const secrets = makeKnownSecrets(Effect.runSync(configuredSecrets))

const stopWith = (exitCode: number, message: string): void => {
  process.stderr.write(secrets.redact(`klingkit-mcp-http: ${message}\n`))
  process.exitCode = exitCode
}

const serve = (args: ServeArgs): void => {
  const read = Effect.runSync(Effect.result(readSettings(args)))
  if (Result.isFailure(read)) return stopWith(2, read.failure.join("\nklingkit-mcp-http: "))
  const { hosting, operating, guard, callbackSecrets, server } = read.success
  if (!isLoopback(args.host) && !isAuthenticated(hosting)) return stopWith(2, openToAll(args.host))

  const { auditLog } = operating
  const auditProblem = auditLog === undefined ? undefined : auditFileProblem(auditLog)
  if (auditProblem !== undefined) return stopWith(2, auditProblem)
  const audit = auditLog === undefined ? Layer.empty : auditFile(auditLog, secrets)

  const logging = logLayer(operating.log, secrets)
  const log = ManagedRuntime.make(logging)
  // A rejection that no caller awaits must not end the calls of others.
  process.on("unhandledRejection", (reason) => log.runFork(Effect.logError(backgroundFailure(reason))))

  const { publicOrigin } = hosting
  const callers =
    publicOrigin === undefined
      ? CallerServices.layer()
      : Layer.unwrap(
          CallbackAddresses.use((addresses) =>
            Effect.succeed(
              CallerServices.layer((handle) => Effect.map(addresses.pathOf(handle), (path) => `${publicOrigin}${path}`))
            )
          )
        )
  const runtime = ManagedRuntime.make(
    Layer.mergeAll(Gate.layer(hosting), CallLimits.layer(defaultLimits), callers).pipe(
      Layer.provideMerge(CallbackAddresses.layer),
      Layer.provideMerge(Layer.mergeAll(NodeServices.layer, nodeFileHostBehindProxies, ledgerFromConfig)),
      Layer.provideMerge(Layer.merge(audit, traces(manifest.version, secrets))),
      Layer.provideMerge(logging)
    )
  )
  const admitRequest: Admit = (request, serveAdmitted) =>
    runtime.runPromise(
      admit(request, hosting).pipe(
        Effect.flatMap((admitted) => Effect.promise(() => serveAdmitted(admitted))),
        Effect.as(undefined),
        Effect.catch((refused) => Effect.succeed(refused)),
        Effect.scoped,
        Effect.withSpan(`${request.method} /mcp`, { kind: "server", ...parentOf(request) })
      )
    )
  let isStopping = false
  const health = healthRoutes({
    health: () =>
      runtime.runPromise(
        Effect.map(
          Effect.flatMap(ProgressWatch, ({ late }) => late),
          (late) => (late.length === 0 ? undefined : `no progress for a quarter of an hour: ${late.join(", ")}`)
        )
      ),
    readiness: () => (isStopping ? Promise.resolve("the server is stopping") : runtime.runPromise(ledgerProblem))
  })
  const mcp = mcpRoutes(
    admitRequest,
    (services) => buildServer(services, { ...server, version: manifest.version }),
    (line, requestId) =>
      log.runFork(
        Effect.annotateLogs(Effect.logWarning(line), requestId === undefined ? {} : { request_id: requestId })
      )
  )
  const metadata = resourceMetadata(hosting)
  const app = makeHttpApp({
    guard,
    routes: [
      ...mcp.routes,
      ...health,
      callbackRoute((request, path) => runtime.runPromise(receiveCallback(request, path, callbackSecrets))),
      ...(metadata === undefined ? [] : metadataPaths.map((path) => documentRoute(path, metadata)))
    ],
    closeRoutes: () => mcp.close(),
    observe: observeRequests(secrets, (effect) => log.runFork(effect))
  })
  const metricsText = makeMetricsText(manifest.version)
  const operations = makeOperationsServer([...health, metricsRoute(() => runtime.runPromise(metricsText))])
  const stop = async () => {
    if (isStopping) return
    isStopping = true
    await setTimeoutPromise(app.server.listening ? operating.drainSeconds * 1000 : 0)
    await app.close(graceMillis)
    operations.close()
    operations.closeAllConnections()
    setTimeout(() => process.exit(), lingerMillis).unref()
    await runtime.dispose()
  }
  const listen = (server: Server, { host, port, setting }: Address, say: (origin: string) => string) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      stopWith(1, cannotListen(error, { host, port, setting }))
      void stop()
    })
    server.listen(port, host, () => process.stdout.write(`klingkit-mcp-http ${say(originOf(server))}\n`))
  }
  listen(app.server, { ...args, setting: "--port" }, (origin) => `is listening on ${origin}/mcp`)
  if (operating.metrics !== undefined) {
    const address = { ...operating.metrics, setting: "KLINGKIT_METRICS" }
    listen(operations, address, (origin) => `has metrics and health checks on ${origin}/metrics`)
  }
  process.once("SIGTERM", () => void stop()).once("SIGINT", () => void stop())
}

const parentOf = (request: IncomingMessage) => {
  const parent = callerSpan(request)
  return parent === undefined ? {} : { parent }
}

/** A read that finds nothing: a server of the database may be away though the ledger is open. */
const ledgerProblem = LedgerSource.use(({ open }) =>
  Effect.flatMap(open, ({ accessKeys }) => accessKeys.find(""))
).pipe(
  Effect.as(undefined),
  Effect.catch((error) => Effect.succeed(error.message))
)

const originOf = (server: Server): string => {
  const { address, port, family } = server.address() as AddressInfo
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`
}

interface Address {
  readonly host: string
  readonly port: number
  /** What chooses it. */
  readonly setting: string
}

const cannotListen = (error: NodeJS.ErrnoException, { host, port, setting }: Address): string =>
  error.code === "EADDRINUSE"
    ? `port ${port} on ${host} is in use; stop the other process, or choose another port with ${setting} (0 for any free port)`
    : `cannot listen on ${host}:${port} (${error.code ?? error.message})`

const openToAll = (host: string): string =>
  `--host ${host} is reachable from other machines, and every caller spends your Kling units: let callers sign in (KLINGKIT_AUTH_ISSUER, or KLINGKIT_AUTH_KEYS=on), or listen on 127.0.0.1`

const commandLogging = logLayer({ format: "text", level: "Warn" }, secrets)

const runCommand = async (run: Run): Promise<void> => {
  const outcome = await Effect.runPromise(
    Effect.result(run).pipe(Effect.provide(Layer.provide(ledgerFromConfig, commandLogging)))
  )
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
    process.stdout.write(`${manifest.version}\n`)
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
