import type { ContentBlock } from "@modelcontextprotocol/server"

export const text = (content: string): ContentBlock => ({ type: "text", text: content })

/** One red pixel. */
export const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
/** Audio of one sample. */
export const wav = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="

export const image: ContentBlock = { type: "image", data: png, mimeType: "image/png" }

export const resource = (uri: string, mimeType: string, content: string): ContentBlock => ({
  type: "resource",
  resource: { uri, mimeType, text: content }
})
