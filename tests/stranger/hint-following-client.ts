import type { Client } from "@modelcontextprotocol/client"

type Tool = Awaited<ReturnType<Client["listTools"]>>["tools"][number]

/** All that the client knows apart from the server: the user's request. */
export interface UserRequest {
  readonly prompt: string
}

/** One step: the hint that led to it, the call, and the answer. */
export interface Step {
  readonly hint: string
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly answer: string
}

/** More than a video takes; stops a client that is led in circles. */
const maxSteps = 20

/**
 * A client without any knowledge of Kling. It calls the tool that the server's instructions name first, then only what the
 * previous answer named; arguments come from the request or from a line `Name: value` of an earlier answer.
 */
export const followHints = async (client: Client, request: UserRequest): Promise<ReadonlyArray<Step>> => {
  const { tools } = await client.listTools()
  const steps: Array<Step> = []
  let hint = client.getInstructions() ?? ""
  while (steps.length < maxSteps) {
    const tool = toolNamedIn(hint, tools)
    if (tool === undefined) break
    const args = argumentsFor(tool, request, steps)
    const { content } = await client.callTool({ name: tool.name, arguments: args })
    const answer = content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n")
    steps.push({ hint, tool: tool.name, args, answer })
    hint = /^Next: (.*)$/m.exec(answer)?.[1] ?? ""
  }
  return steps
}

/** The first tool that a text names. */
const toolNamedIn = (text: string, tools: ReadonlyArray<Tool>): Tool | undefined => {
  const [name] = text.match(/\b[a-z]+(_[a-z]+)+\b/g)?.filter((word) => tools.some((tool) => tool.name === word)) ?? []
  return tools.find((tool) => tool.name === name)
}

/** Only the arguments that the tool's schema requires, what the user has said, and the task that an answer named. */
const argumentsFor = (
  { inputSchema: { properties = {}, required = [] } }: Tool,
  request: UserRequest,
  steps: ReadonlyArray<Step>
): Record<string, unknown> => {
  const known = Object.keys(properties).filter((name) => name in request || name === "task_id")
  return Object.fromEntries(
    [...new Set([...required, ...known])].map((name) => [
      name,
      name in request ? request[name as keyof UserRequest] : valueFromAnswers(name, steps)
    ])
  )
}

/** `task_id` from the latest line `Task ID: ...`. */
const valueFromAnswers = (name: string, steps: ReadonlyArray<Step>): string | undefined => {
  const line = new RegExp(String.raw`^${name.replaceAll("_", " ")}: (\S+)$`, "im")
  return steps.flatMap(({ answer }) => line.exec(answer)?.[1] ?? []).at(-1)
}
