import { wire } from "./guard-stdout.ts"
import { NodeServices } from "@effect/platform-node"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { nodeFileHostBehindProxies, useProxies } from "@klingkit/jobs/node"
import { backgroundFailure, buildServer, makeServices, resultLinks, selectedTools, wireFailure } from "@klingkit/mcp"
import type { Tool } from "@klingkit/tools"
import { serveStdio } from "@modelcontextprotocol/server/stdio"
import { Effect, Layer, Result } from "effect"
import manifest from "../package.json" with { type: "json" }
import { help, readArguments } from "./arguments.ts"
import { StdioTransport } from "./stdio-transport.ts"

/** After stdin has closed, running calls may be answered for this long. */
const answerMillis = 1000
/** Hosts expect a quick exit after stdin closes; Kling may answer a request that was sent for this long. */
const lingerMillis = 1500

const serve = (settings: { readonly tools: ReadonlyArray<Tool>; readonly resultLinks: boolean }): void => {
  const services = makeServices(Layer.mergeAll(NodeServices.layer, nodeFileHostBehindProxies, ledgerFromConfig))
  const transport = new StdioTransport(process.stdin, wire, report)
  serveStdio(() => buildServer(services, { ...settings, version: manifest.version, isLocal: true }), {
    transport,
    onerror: (error) => report(wireFailure(error))
  })
  let isStopping = false
  const stop = async (timeoutMillis: number) => {
    if (isStopping) return
    isStopping = true
    setTimeout(() => process.exit(0), lingerMillis).unref()
    await transport.finish(timeoutMillis)
    // Without stdin the process exits as soon as its work is done.
    process.stdin.destroy()
    await services.dispose()
  }
  const answerAndStop = () => void stop(answerMillis)
  process.stdin.once("end", answerAndStop).once("close", answerAndStop)
  process.once("SIGTERM", answerAndStop).once("SIGINT", answerAndStop)
  wire.once("error", () => void stop(0))
}

const report = (line: string): void => {
  process.stderr.write(`klingkit-mcp: ${line}\n`)
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
    const settings = Effect.runSync(Effect.result(Effect.all({ tools: selectedTools(args), resultLinks })))
    if (Result.isSuccess(settings)) serve(settings.success)
    else refuse(settings.failure.message)
  }
}
