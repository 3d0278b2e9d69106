import { wire } from "./guard-stdout.ts"
import { NodeServices } from "@effect/platform-node"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { nodeFileHostBehindProxies, useProxies } from "@klingkit/jobs/node"
import { backgroundFailure, buildServer, makeServices, selectedTools } from "@klingkit/mcp"
import type { Tool } from "@klingkit/tools"
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio"
import { Effect, Layer, Result } from "effect"
import manifest from "../package.json" with { type: "json" }
import { help, readArguments } from "./arguments.ts"

/** Hosts expect a quick exit after stdin closes; Kling may answer a request that was sent for this long. */
const lingerMillis = 1500

const serve = (tools: ReadonlyArray<Tool>): void => {
  const services = makeServices(Layer.mergeAll(NodeServices.layer, nodeFileHostBehindProxies, ledgerFromConfig))
  const transport = new StdioServerTransport(process.stdin, wire)
  serveStdio(() => buildServer(services, { tools, version: manifest.version, isLocal: true }), { transport })
  const stop = () => {
    // Without stdin the process exits as soon as its work is done.
    process.stdin.destroy()
    void services.dispose()
    setTimeout(() => process.exit(0), lingerMillis).unref()
  }
  process.stdin.once("end", stop).once("close", stop)
  process.once("SIGTERM", stop).once("SIGINT", stop)
  wire.once("error", stop)
}

const refuse = (message: string): void => {
  process.stderr.write(`klingkit-mcp: ${message}\nSee klingkit-mcp --help.\n`)
  process.exitCode = 2
}

// A rejection that no caller awaits must not end the calls of others.
process.on("unhandledRejection", (reason) => process.stderr.write(`klingkit-mcp: ${backgroundFailure(reason)}`))

const proxyProblem = await Effect.runPromise(useProxies)
if (proxyProblem !== undefined) process.stderr.write(`klingkit-mcp: ${proxyProblem}; connecting directly\n`)

const args = readArguments(process.argv.slice(2))
switch (args.do) {
  case "help":
    wire.write(help)
    break
  case "version":
    wire.write(`${manifest.version}\n`)
    break
  case "refuse":
    refuse(args.message)
    break
  case "serve": {
    const tools = Effect.runSync(Effect.result(selectedTools(args)))
    if (Result.isSuccess(tools)) serve(tools.success)
    else refuse(tools.failure.message)
  }
}
