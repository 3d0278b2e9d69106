import type { MediaRule } from "./media-rules.ts"

/** What can be told wrong about a media string without opening it: its form, and the size of inline base64. */
export const checkMediaText = (rule: MediaRule, value: string): string | undefined => {
  if (/^https?:\/\//i.test(value)) {
    return URL.canParse(value) ? undefined : "is not a valid URL"
  }
  if (rule.urlOnly === true) {
    return `must be an http(s) URL: Kling takes ${rule.kind}s by URL only, there is no upload`
  }
  if (value.startsWith("data:")) return "must be bare base64, without the data: prefix"
  if (value === "" || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(value)) {
    return "is neither an http(s) URL nor base64 text"
  }
  const megabytes = (value.length * 3) / 4 / 1_000_000
  return rule.maxMegabytes !== undefined && megabytes > rule.maxMegabytes * 1.05
    ? `is about ${Math.ceil(megabytes)} MB; at most ${rule.maxMegabytes} MB allowed`
    : undefined
}
