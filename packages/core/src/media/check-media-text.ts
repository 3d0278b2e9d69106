import { Base64 } from "effect/encoding"
import type { MediaRule } from "./media-rules.ts"
import { checkPicture, readPicture } from "./picture.ts"

/** Enough for the size of any picture, also behind a large colour profile or camera record. */
const headBytes = 768 * 1024

/** What Kling would refuse of a media string, as far as its text tells: a URL stays unopened, inline pictures are read. */
export const checkMediaText = (rule: MediaRule, value: string): string | undefined => {
  if (/^https?:\/\//i.test(value)) {
    return URL.canParse(value) ? undefined : "is not a valid URL"
  }
  if (rule.urlOnly === true) {
    return `must be an http(s) URL that Kling can reach: ${rule.kind}s are taken by URL only, there is no upload`
  }
  if (value.startsWith("data:")) return "must be bare base64, without the data: prefix"
  if (value === "" || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return "is neither an http(s) URL nor base64 text"
  const bytes = Math.floor((value.replace(/=+$/, "").length * 3) / 4)
  if (rule.maxMegabytes !== undefined && bytes > rule.maxMegabytes * 1_000_000) {
    return `has ${Math.ceil(bytes / 100_000) / 10} MB; at most ${rule.maxMegabytes} MB are allowed`
  }
  return rule.kind === "image" ? checkPicture(rule, readPicture(decodeHead(value))) : undefined
}

/** Base64 as people paste it, made bare: without white space and without a `data:` prefix. */
export const bareBase64 = (text: string): string => text.replace(/^data:[^,]*,/i, "").replaceAll(/\s+/g, "")

const decodeHead = (text: string): Uint8Array => {
  const decoded = Base64.decode(text.slice(0, Math.ceil(headBytes / 3) * 4))
  return decoded._tag === "Success" ? decoded.success : new Uint8Array()
}
