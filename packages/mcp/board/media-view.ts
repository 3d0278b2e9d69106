import { el } from "./dom.ts"
import type { Output } from "./task.ts"
import { safeUrl } from "./settings.ts"
import { outputLabel } from "./format.ts"

/** A video, image or audio player, loaded straight from its URL; a note where it cannot be shown. */
export const media = (output: Output, label: string): HTMLElement => {
  const url = safeUrl(output.url)
  const frame = el("div", { class: "media" })
  const add = (shown: HTMLElement) => {
    shown.addEventListener("error", () => frame.replaceChildren(notShown(output)), { once: true })
    frame.append(shown)
  }
  if (url === undefined) frame.append(notShown(output))
  else if (output.type === "video") add(video(url, label, frame))
  else if (output.type === "image") add(image(url, label, frame))
  else if (output.type === "audio" || output.type === "voice") add(audio(url, label))
  else frame.append(notShown(output))
  return frame
}

const video = (url: string, label: string, frame: HTMLElement): HTMLElement => {
  const element = el("video", { "aria-label": label })
  element.controls = true
  element.playsInline = true
  element.preload = "metadata"
  element.addEventListener("loadedmetadata", () => setAspectRatio(frame, element.videoWidth, element.videoHeight))
  element.src = url
  return element
}

const image = (url: string, label: string, frame: HTMLElement): HTMLElement => {
  const element = el("img")
  element.alt = label
  element.decoding = "async"
  element.addEventListener("load", () => setAspectRatio(frame, element.naturalWidth, element.naturalHeight))
  element.src = url
  return element
}

const audio = (url: string, label: string): HTMLElement => {
  const element = el("audio", { "aria-label": label })
  element.controls = true
  element.preload = "metadata"
  element.src = url
  return element
}

/** Until it has loaded, the frame has the requested aspect ratio, so that the page does not jump. */
const setAspectRatio = (frame: HTMLElement, width: number, height: number): void => {
  if (width > 0 && height > 0) frame.style.setProperty("--ratio", `${width} / ${height}`)
}

const notShown = (output: Output): HTMLElement =>
  el(
    "div",
    { class: "not-shown" },
    el("p", {
      text: output.url === undefined ? `${outputLabel(output)}: no file` : `${outputLabel(output)}: no preview here`
    }),
    output.url === undefined
      ? output.id !== undefined && el("p", { class: "quiet mono", text: output.id })
      : el("p", { class: "quiet", text: "Open it in the browser or save it." })
  )

const nearby = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const url = target.getAttribute("data-src")
    if (!isIntersecting || url === null) continue
    nearby.unobserve(target)
    if (target instanceof HTMLVideoElement || target instanceof HTMLImageElement) target.src = url
  }
})

/** A thumbnail: loaded once it is visible, muted, and skipped by the keyboard. */
export const thumbnail = (output: Output | undefined): HTMLElement => {
  const url = safeUrl(output?.url)
  if (url === undefined || (output?.type !== "video" && output?.type !== "image")) {
    return el("span", { class: "thumbnail quiet", text: output === undefined ? "No result" : outputLabel(output) })
  }
  // Some browsers draw no frame of a video without a time offset.
  const source = output.type === "video" ? `${url}#t=0.1` : url
  const shown = el(output.type === "video" ? "video" : "img", { "aria-hidden": "true", "data-src": source })
  if (shown instanceof HTMLVideoElement) {
    shown.preload = "metadata"
    shown.muted = true
    shown.tabIndex = -1
  } else shown.alt = ""
  const frame = el("span", { class: "thumbnail" }, shown)
  if (shown instanceof HTMLImageElement) {
    shown.addEventListener("load", () => setAspectRatio(frame, shown.naturalWidth, shown.naturalHeight))
  }
  shown.addEventListener("error", () =>
    frame.replaceChildren(el("span", { class: "quiet", text: outputLabel(output) }))
  )
  nearby.observe(shown)
  return frame
}
