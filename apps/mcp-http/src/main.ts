import { NodeServices } from "@effect/platform-node"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { nodeFileHostBehindProxies, useProxies } from "@klingkit/jobs/node"
import { backgroundFailure, buildServer, makeServices, resultLinks, selectedTools } from "@klingkit/mcp"
import { Effect, Layer, Result } from "effect"
import type { AddressInfo } from "node:net"
import manifest from "../package.json" with { type: "json" }
import { help, readArguments, type ServeArgs } from "./arguments.ts"
import { readGuard } from "./guard.ts"
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
  const { KLINGKIT_ALLOWED_HOSTS: hosts = "", KLINGKIT_ALLOWED_ORIGINS: origins = "" } = process.env
  const guard = readGuard(hosts, origins)
  if ("invalid" in guard) return stopWith(2, guard.invalid)
  const settings = Effect.runSync(Effect.result(Effect.all({ tools: selectedTools(args), resultLinks })))
  if (Result.isFailure(settings)) return stopWith(2, settings.failure.message)

  const services = makeServices(Layer.mergeAll(NodeServices.layer, nodeFileHostBehindProxies, ledgerFromConfig))
  const options = { ...settings.success, version: manifest.version }
  const app = makeHttpApp({ guard, buildServer: () => buildServer(services, options) })
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
  const stop = async () => {
    await app.close(graceMillis)
    setTimeout(() => process.exit(0), lingerMillis).unref()
    await services.dispose()
  }
  process.once("SIGTERM", () => void stop()).once("SIGINT", () => void stop())
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
}
