import { StoredRequest } from "@klingkit/core"
import { Option, Schema } from "effect"

const StoredText = Schema.fromJsonString(StoredRequest)
const decode = Schema.decodeUnknownOption(StoredText)

export const requestColumn = (request: StoredRequest | undefined): string | null =>
  request === undefined ? null : JSON.stringify(request)

/** One that cannot be read is only not shown: the job itself is whole. */
export const readRequest = (text: string | undefined): { readonly request?: StoredRequest } => {
  const read = text === undefined ? Option.none() : decode(text)
  return Option.isNone(read) ? {} : { request: read.value }
}
