import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server"

/** Enough for every error of ours; what exceeds it repeats what the caller has sent. */
const maxErrorLength = 16_000

/** Makes a transport cut what errors repeat of a request: a refused request must not be answered with as much as it has. */
export const withBoundedAnswers = (transport: Transport): Transport => {
  const send = transport.send.bind(transport)
  transport.send = (message, options) => send(boundedAnswer(message), options)
  return transport
}

/** Results are left whole, for they may have been paid for. */
const boundedAnswer = (message: JSONRPCMessage): JSONRPCMessage => {
  if ("error" in message) {
    const { code, message: text, data } = message.error
    const isLarge = data !== undefined && JSON.stringify(data).length > maxErrorLength
    return { ...message, error: { code, message: cut(text), ...(data === undefined || isLarge ? {} : { data }) } }
  }
  if (!("result" in message) || message.result["isError"] !== true) return message
  const content: unknown = message.result["content"]
  if (!Array.isArray(content)) return message
  return { ...message, result: { ...message.result, content: content.slice(0, 10).map(cutText) } }
}

const cutText = (block: unknown): unknown =>
  typeof block === "object" && block !== null && "text" in block && typeof block.text === "string"
    ? { ...block, text: cut(block.text) }
    : block

const cut = (text: string): string =>
  text.length > maxErrorLength ? `${text.slice(0, maxErrorLength)}… (${text.length} characters)` : text
