import { checkMediaUrl } from "./check-url.ts"
import type { MediaRule } from "./media-rules.ts"
import { checkImageHeader, readInlineImageHeader } from "./image-header.ts"

/** Why Kling would reject a media string, as far as the text shows: URLs are not opened, inline images are parsed. */
export const checkMediaText = (rule: MediaRule, value: string): string | undefined => {
  if (/^https?:\/\//i.test(value)) return checkMediaUrl(rule, value)
  if (rule.urlOnly === true) {
    return `must be an http(s) URL that Kling can reach: ${rule.kind} input is accepted by URL only; Kling has no upload`
  }
  if (value.startsWith("data:")) return "must be bare base64, without the data: prefix"
  if (value === "" || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return "is neither an http(s) URL nor base64"
  const bytes = Math.floor((value.replace(/=+$/, "").length * 3) / 4)
  if (rule.maxMegabytes !== undefined && bytes > rule.maxMegabytes * 1_000_000) {
    return `is ${Math.ceil(bytes / 100_000) / 10} MB; the limit is ${rule.maxMegabytes} MB`
  }
  return rule.kind === "image" ? checkImageHeader(rule, readInlineImageHeader(value)) : undefined
}

/** Strips whitespace and a `data:` prefix from pasted base64. */
export const bareBase64 = (text: string): string => text.replace(/^data:[^,]*,/i, "").replaceAll(/\s+/g, "")
