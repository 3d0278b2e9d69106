import type { selectedTools } from "@klingkit/mcp"
import { Effect } from "effect"

type Tool = Effect.Success<ReturnType<typeof selectedTools>>[number]

/** One synchronous tool, and three that start a Kling task through the image tool. */
export const taskTools = (tools: ReadonlyArray<Tool>): ReadonlyArray<Tool> => {
  const imageTool = tools.find(({ name }) => name === "generate_image")
  if (imageTool === undefined) throw new Error("generate_image is missing")
  let count = 0
  const request = (name: string) => ({ prompt: `${name} ${++count}` })
  const taskTool = (name: string): Tool => ({
    ...imageTool,
    name,
    inputSchema: { type: "object", properties: { seconds: { type: "number" }, label: { type: "string" } } },
    call: () => imageTool.call(request(name))
  })
  const greet: Tool = {
    ...imageTool,
    name: "greet",
    charged: false,
    inputSchema: { type: "object", properties: { name: { type: "string" } } },
    outputSchema: { type: "object", properties: {} },
    call: (args) => Effect.succeed({ lines: [`Hello, ${(args as { name: string }).name}!`], structured: {} })
  }
  return [greet, ...["slow_compute", "failing_job", "confirm_delete"].map(taskTool)]
}
