import type { ErrorWords, FileLink, ToolResult } from "@klingkit/tools"
import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/server"

/** The same facts for every kind of client: text, structured content, a link for each file, and a picture if there is one. */
export const successResult = (
  { lines, facts, links = [], picture }: ToolResult,
  withLinks: boolean
): CallToolResult => ({
  content: [
    { type: "text", text: lines.join("\n") },
    ...(picture === undefined ? [] : [{ type: "image" as const, ...picture }]),
    ...(withLinks ? links.map(resourceLink) : [])
  ],
  structuredContent: { ...facts }
})

/** An error that the model can act on. It has no structured content: that is promised for results only. */
export const errorResult = ({ lines }: ErrorWords): CallToolResult => ({
  content: [{ type: "text", text: lines.join("\n") }],
  isError: true
})

const resourceLink = ({ uri, name, mimeType, sizeBytes, description }: FileLink): ContentBlock => ({
  type: "resource_link",
  uri,
  name,
  ...(mimeType === undefined ? {} : { mimeType }),
  ...(sizeBytes === undefined ? {} : { size: sizeBytes }),
  ...(description === undefined ? {} : { description })
})
