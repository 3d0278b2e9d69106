import { NodeServices } from "@effect/platform-node"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { nodeFileHost } from "@klingkit/jobs/node"
import { backgroundFailure, buildServer, makeServices, selectedTools } from "@klingkit/mcp"
import { Effect, Layer, Result } from "effect"
import type { AddressInfo } from "node:net"
import manifest from "../package.json" with { type: "json" }
import { help, readArguments, type Serve } from "./arguments.ts"
import { readGuard } from "./guard.ts"
import { makeHttpApp } from "./serve.ts"

/** How long a call may go on after the server was told to stop. */
const graceMillis = 5000
/** A submission that is under way gets this long to be settled. */
const lingerMillis = 5000

const stopWith = (exitCode: number, message: string): void => {
  process.stderr.write(`klingkit-mcp-http: ${message}\n`)
  process.exitCode = exitCode
}

const serve = (asked: Serve): void => {
  const { KLINGKIT_ALLOWED_HOSTS: hosts = "", KLINGKIT_ALLOWED_ORIGINS: origins = "" } = process.env
  const guard = readGuard(hosts, origins)
  if ("wrong" in guard) return stopWith(2, guard.wrong)
  const tools = Effect.runSync(Effect.result(selectedTools(asked)))
  if (Result.isFailure(tools)) return stopWith(2, tools.failure.message)

  const services = makeServices(Layer.mergeAll(NodeServices.layer, nodeFileHost, ledgerFromConfig))
  const options = { tools: tools.success, version: manifest.version }
  const app = makeHttpApp({ guard, buildServer: () => buildServer(services, options) })
  app.server.once("error", (error: NodeJS.ErrnoException) =>
    stopWith(
      1,
      error.code === "EADDRINUSE"
        ? `port ${asked.port} on ${asked.host} is taken; stop what is using it, or choose another with --port (0 takes any free one)`
        : `cannot listen on ${asked.host}:${asked.port} (${error.code ?? error.message})`
    )
  )
  app.server.listen(asked.port, asked.host, () => {
    const { address, port, family } = app.server.address() as AddressInfo
    const name = family === "IPv6" ? `[${address}]` : address
    process.stdout.write(`klingkit-mcp-http is listening on http://${name}:${port}/mcp\n`)
  })
  const stop = async () => {
    await app.close(graceMillis)
    await services.dispose()
    setTimeout(() => process.exit(0), lingerMillis).unref()
  }
  process.once("SIGTERM", () => void stop()).once("SIGINT", () => void stop())
}

// What nobody waits for must not end the calls that others wait for.
process.on("unhandledRejection", (reason) => process.stderr.write(`klingkit-mcp-http: ${backgroundFailure(reason)}`))

const asked = readArguments(process.argv.slice(2))
switch (asked.do) {
  case "help":
    process.stdout.write(help)
    break
  case "version":
    process.stdout.write(`${manifest.version}\n`)
    break
  case "refuse":
    stopWith(2, `${asked.message}\nSee klingkit-mcp-http --help.`)
    break
  case "serve":
    serve(asked)
}
