import type { MediaRule } from "./media-rules.ts"

/** Why a text is not one URL that Kling can fetch, with what to write instead; undefined for a good one. */
export const checkUrl = (url: string): string | undefined => {
  if (/[\s,;]\s*https?:\/\//i.test(url.slice(1))) return "holds several URLs; give one URL"
  if (url.includes("&amp;")) return "contains &amp;, which stands for & in web pages; give the URL with & itself"
  if (!URL.canParse(url)) return "is not a valid URL"
  if (!unencoded.test(url)) return undefined
  const encoded = new URL(url).href
  const hint = encoded === url ? "" : `; write it as ${shortened(encoded)}`
  return `contains a blank or another character that must be percent-encoded${hint}`
}

// What other programs may read otherwise than it was meant.
const unencoded = /[\s"<>\\^`{}]|[^\u0000-\u007f]/

const otherTypes: Readonly<Record<MediaRule["kind"], RegExp>> = {
  image: /\.(?:mp4|mov|webm|mkv|avi|mp3|wav|m4a|aac|html?|pdf|zip)$/i,
  video: /\.(?:png|jpe?g|webp|gif|avif|heic|mp3|wav|html?|pdf|zip)$/i,
  audio: /\.(?:png|jpe?g|webp|gif|avif|heic|html?|pdf|zip)$/i
}

/** The same for media: what the name in its path says of its type counts as well. */
export const checkMediaUrl = ({ kind }: Pick<MediaRule, "kind">, url: string): string | undefined => {
  const problem = checkUrl(url)
  if (problem !== undefined) return problem
  const [extension] = otherTypes[kind].exec(new URL(url).pathname) ?? []
  const article = kind === "video" ? "a" : "an"
  return extension === undefined
    ? undefined
    : `ends in ${extension.toLowerCase()}; give the URL of ${article} ${kind} file`
}

const shortened = (url: string): string => (url.length > 200 ? `${url.slice(0, 199)}…` : url)
