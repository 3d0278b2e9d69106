import { el } from "./dom.ts"
import type { Output } from "./facts.ts"
import { safeUrl } from "./settings.ts"
import { kindOf } from "./words.ts"

/** Something to look at or listen to, straight from where it lies. Where it cannot be shown, it says so. */
export const media = (output: Output, label: string): HTMLElement => {
  const url = safeUrl(output.url)
  const frame = el("div", { class: "media" })
  const give = (shown: HTMLElement) => {
    shown.addEventListener("error", () => frame.replaceChildren(notShown(output)), { once: true })
    frame.append(shown)
  }
  if (url === undefined) frame.append(notShown(output))
  else if (output.type === "video") give(film(url, label, frame))
  else if (output.type === "image") give(picture(url, label, frame))
  else if (output.type === "audio" || output.type === "voice") give(sound(url, label))
  else frame.append(notShown(output))
  return frame
}

const film = (url: string, label: string, frame: HTMLElement): HTMLElement => {
  const video = el("video", { "aria-label": label })
  video.controls = true
  video.playsInline = true
  video.preload = "metadata"
  video.addEventListener("loadedmetadata", () => shape(frame, video.videoWidth, video.videoHeight))
  video.src = url
  return video
}

const picture = (url: string, label: string, frame: HTMLElement): HTMLElement => {
  const image = el("img")
  image.alt = label
  image.decoding = "async"
  image.addEventListener("load", () => shape(frame, image.naturalWidth, image.naturalHeight))
  image.src = url
  return image
}

const sound = (url: string, label: string): HTMLElement => {
  const audio = el("audio", { "aria-label": label })
  audio.controls = true
  audio.preload = "metadata"
  audio.src = url
  return audio
}

/** Before anything has loaded the place has the shape that was asked for, so that the page does not jump. */
const shape = (frame: HTMLElement, width: number, height: number): void => {
  if (width > 0 && height > 0) frame.style.setProperty("--ratio", `${width} / ${height}`)
}

const notShown = (output: Output): HTMLElement =>
  el(
    "div",
    { class: "not-shown" },
    el("p", {
      text: output.url === undefined ? `${kindOf(output)} without a file` : `${kindOf(output)}: no preview here`
    }),
    output.url === undefined
      ? output.id !== undefined && el("p", { class: "quiet mono", text: output.id })
      : el("p", { class: "quiet", text: "Open it in the browser, or save it." })
  )

const nearby = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const url = target.getAttribute("data-src")
    if (!isIntersecting || url === null) continue
    nearby.unobserve(target)
    if (target instanceof HTMLVideoElement || target instanceof HTMLImageElement) target.src = url
  }
})

/** A still for the strip: loaded only once it can be seen, silent, and never in the way of the keyboard. */
export const still = (output: Output | undefined): HTMLElement => {
  const url = safeUrl(output?.url)
  if (url === undefined || (output?.type !== "video" && output?.type !== "image")) {
    return el("span", { class: "still quiet", text: output === undefined ? "No result" : kindOf(output) })
  }
  // Some browsers draw nothing of a film until a moment in it is asked for.
  const source = output.type === "video" ? `${url}#t=0.1` : url
  const shown = el(output.type === "video" ? "video" : "img", { "aria-hidden": "true", "data-src": source })
  if (shown instanceof HTMLVideoElement) {
    shown.preload = "metadata"
    shown.muted = true
    shown.tabIndex = -1
  } else shown.alt = ""
  const frame = el("span", { class: "still" }, shown)
  if (shown instanceof HTMLImageElement) {
    shown.addEventListener("load", () => shape(frame, shown.naturalWidth, shown.naturalHeight))
  }
  shown.addEventListener("error", () => frame.replaceChildren(el("span", { class: "quiet", text: kindOf(output) })))
  nearby.observe(shown)
  return frame
}
