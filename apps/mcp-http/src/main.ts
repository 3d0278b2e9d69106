import { NodeServices } from "@effect/platform-node"
import {
  CallbackAddresses,
  callbackSecrets,
  CallLimits,
  defaultLimits,
  Gate,
  hostingSettings,
  isAuthenticated,
  metadataPaths,
  resourceMetadata
} from "@klingkit/hosting"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { nodeFileHostBehindProxies, useProxies } from "@klingkit/jobs/node"
import { backgroundFailure, buildServer, CallerServices, logging, resultLinks, selectedTools } from "@klingkit/mcp"
import { Effect, Layer, ManagedRuntime, Result } from "effect"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import manifest from "../package.json" with { type: "json" }
import { admit, type Admit } from "./admission.ts"
import { help, readArguments, type ServeArgs } from "./arguments.ts"
import type { Run } from "./commands/command.ts"
import { isLoopback, readGuard } from "./guard.ts"
import { callbackRoute, receiveCallback } from "./routes/callbacks.ts"
import { documentRoute } from "./routes/documents.ts"
import { healthRoutes, ledgerProblem } from "./routes/health.ts"
import { mcpRoutes } from "./routes/mcp.ts"
import { makeHttpApp } from "./serve.ts"

/** Calls may finish for this long after a stop signal. */
const graceMillis = 5000
/** Kling may answer a request that was sent for this long after that. */
const lingerMillis = 5000

const stopWith = (exitCode: number, message: string): void => {
  process.stderr.write(`klingkit-mcp-http: ${message}\n`)
  process.exitCode = exitCode
}

const serve = (args: ServeArgs): void => {
  const read = Effect.runSync(
    Effect.result(
      Effect.all({ tools: selectedTools(args), resultLinks, hosting: hostingSettings, secrets: callbackSecrets })
    )
  )
  if (Result.isFailure(read)) {
    const { failure } = read
    return stopWith(
      2,
      failure._tag === "HostingSettingsInvalid" ? failure.problems.join("\nklingkit-mcp-http: ") : failure.message
    )
  }
  const { hosting, secrets, ...options } = read.success
  const { KLINGKIT_ALLOWED_HOSTS: hosts = "", KLINGKIT_ALLOWED_ORIGINS: origins = "" } = process.env
  const guard = readGuard(hosts, origins, hosting.publicOrigin)
  if ("invalid" in guard) return stopWith(2, guard.invalid)
  if (!isLoopback(args.host) && !isAuthenticated(hosting)) return stopWith(2, openToAll(args.host))

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
      Layer.provideMerge(logging)
    )
  )
  const admitRequest: Admit = (request, serveAdmitted) =>
    runtime.runPromise(
      admit(request, hosting).pipe(
        Effect.flatMap((admitted) => Effect.promise(() => serveAdmitted(admitted))),
        Effect.as(undefined),
        Effect.catch((refused) => Effect.succeed(refused)),
        Effect.scoped
      )
    )
  const stopping = new AbortController()
  const findProblem = async () =>
    stopping.signal.aborted ? "this server is stopping" : runtime.runPromise(ledgerProblem)
  const mcp = mcpRoutes(admitRequest, (services) =>
    buildServer(services, { ...options, version: manifest.version, stopping: stopping.signal })
  )
  const metadata = resourceMetadata(hosting)
  const app = makeHttpApp({
    guard,
    routes: [
      ...mcp.routes,
      ...healthRoutes(findProblem),
      callbackRoute((request, path) => runtime.runPromise(receiveCallback(request, path, secrets))),
      ...(metadata === undefined ? [] : metadataPaths.map((path) => documentRoute(path, metadata)))
    ],
    closeRoutes: () => mcp.close()
  })
  app.server.once("error", (error: NodeJS.ErrnoException) =>
    stopWith(
      1,
      error.code === "EADDRINUSE"
        ? `port ${args.port} on ${args.host} is in use; stop the other process, or choose another port with --port (0 for any free port)`
        : `cannot listen on ${args.host}:${args.port} (${error.code ?? error.message})`
    )
  )
  app.server.listen(args.port, args.host, () => {
    const { address, port, family } = app.server.address() as AddressInfo
    const name = family === "IPv6" ? `[${address}]` : address
    process.stdout.write(`klingkit-mcp-http is listening on http://${name}:${port}/mcp\n`)
  })
  const stop = async (drainMillis: number) => {
    stopping.abort()
    app.drain()
    if (drainMillis > 0) await sleep(drainMillis)
    await app.close(graceMillis)
    setTimeout(() => process.exit(0), lingerMillis).unref()
    await runtime.dispose()
  }
  process.once("SIGTERM", () => void stop(1000 * args.drainSeconds)).once("SIGINT", () => void stop(0))
}

const openToAll = (host: string): string =>
  `--host ${host} is reachable from other machines, and every caller spends your Kling units: let callers sign in (KLINGKIT_AUTH_ISSUER, or KLINGKIT_AUTH_KEYS=on), or listen on 127.0.0.1`

const runCommand = async (run: Run): Promise<void> => {
  const outcome = await Effect.runPromise(
    Effect.result(run).pipe(Effect.provide(Layer.provide(ledgerFromConfig, logging)))
  )
  if (Result.isFailure(outcome)) return stopWith(1, `${outcome.failure.message}; ${outcome.failure.suggestion}`)
  const { stdout, stderr, exitCode } = outcome.success
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  process.exitCode = exitCode
}

// A rejection that no caller awaits must not end the calls of others.
process.on("unhandledRejection", (reason) => process.stderr.write(`klingkit-mcp-http: ${backgroundFailure(reason)}`))

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
