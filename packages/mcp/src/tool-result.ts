import type { FormattedError, FileLink, ToolResult } from "@klingkit/tools"
import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/server"

/** One result for every kind of client: text, structured content, a link per file, and the previews. */
export const successResult = (
  { lines, structured, links = [], images = [] }: ToolResult,
  withLinks: boolean
): CallToolResult => ({
  content: [
    { type: "text", text: lines.join("\n") },
    ...images.map((image) => ({ type: "image" as const, ...image })),
    ...(withLinks ? links.map(resourceLink) : [])
  ],
  structuredContent: { ...structured }
})

/** An error that the model can act on. It has no structured content: the output schema covers results only. */

export const errorResult = ({ lines }: FormattedError): CallToolResult => ({
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
