import { sanitizeText } from "@klingkit/core/internal"
import { Effect, Predicate } from "effect"
import { exitCode } from "../output/exit-code.ts"
import { CommandError } from "../output/failure.ts"

/** The agent's side of MCP: calls tools by name and reads their structured results. */
export interface Agent {
  call(
    tool: string,
    args: Readonly<Record<string, unknown>>,
    onProgress: (message: string) => void
  ): Effect.Effect<Readonly<Record<string, unknown>>, CommandError>
}

/** Longer than any single call to our server takes. */
const callTimeoutMillis = 120_000

const failed = (message: string) =>
  new CommandError({
    failure: {
      code: "CLI_DEMO_FAILED",
      message: sanitizeText(message, 600),
      suggestion: "check your tasks before you run it again: klingkit task list",
      charged: "maybe",
      exitCode: exitCode.failed
    }
  })

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Starts the stdio server as a host does and connects a real client. Both end with the scope. */
export const connectAgent = Effect.fnUntraced(function* (command: string, env: Readonly<Record<string, string>>) {
  // Only the demo needs a client; no other command loads it.
  const { Client } = yield* Effect.promise(() => import("@modelcontextprotocol/client"))
  const { getDefaultEnvironment, StdioClientTransport } = yield* Effect.promise(
    () => import("@modelcontextprotocol/client/stdio")
  )
  const client = new Client(
    { name: "klingkit-demo", version: "1" },
    { versionNegotiation: { mode: { pin: "2026-07-28" } } }
  )
  const transport = new StdioClientTransport({
    command,
    env: { ...getDefaultEnvironment(), ...env },
    stderr: "inherit"
  })
  yield* Effect.acquireRelease(
    Effect.tryPromise({
      try: () => client.connect(transport),
      catch: (error) => failed(`klingkit-mcp did not start: ${messageOf(error)}`)
    }),
    () => Effect.promise(() => client.close())
  )
  const agent: Agent = {
    call: (tool, args, onProgress) =>
      Effect.tryPromise({
        try: (signal) =>
          client.callTool(
            { name: tool, arguments: { ...args } },
            { signal, timeout: callTimeoutMillis, onprogress: ({ message }) => onProgress(message ?? "") }
          ),
        catch: (error) => failed(`${tool}: ${messageOf(error)}`)
      }).pipe(
        Effect.flatMap((result) =>
          result.isError !== true && Predicate.isObject(result.structuredContent)
            ? Effect.succeed(result.structuredContent as Readonly<Record<string, unknown>>)
            : Effect.fail(failed(`${tool}: ${textOf(result.content)}`))
        )
      )
  }
  return agent
})

const textOf = (content: ReadonlyArray<{ readonly type: string }>): string =>
  content.flatMap((block) => ("text" in block && Predicate.isString(block.text) ? [block.text] : [])).join(" ")
