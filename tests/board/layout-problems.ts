/**
 * Runs in the page: which of these texts, and how many images and videos of the result, can be seen. Seen means: inside
 * the page, not transparent, not covered. The titles of recent tasks do not count.
 */
export const visibleSigns = (
  texts: ReadonlyArray<string>
): { readonly texts: ReadonlyArray<string>; readonly media: number } => {
  const isOnTop = (element: Element, { left, top, right, bottom, width, height }: DOMRect): boolean => {
    if (width < 2 || height < 2 || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
      return false
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
    return hit !== null && (element.contains(hit) || hit.contains(element))
  }
  const seen = new Set<string>()
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const [parent, content] = [node.parentElement, node.textContent ?? ""]
    if (parent === null || parent.closest("script, #thumbnails, .visually-hidden") !== null) continue
    for (const text of texts) {
      const start = content.indexOf(text)
      if (start < 0) continue
      const range = document.createRange()
      range.setStart(node, start)
      range.setEnd(node, start + text.length)
      const lines = [...range.getClientRects()]
      if (lines.length > 0 && lines.every((line) => isOnTop(parent, line))) seen.add(text)
    }
  }
  const media = [...document.querySelectorAll("#player img, #player video")].filter((element) => {
    const box = element.getBoundingClientRect()
    return box.width >= 80 && box.height >= 40 && isOnTop(element, box)
  })
  return { texts: [...seen], media: media.length }
}

/** Runs in the page: content that is cut off, outside the window, or in the way of other content. */
export const layoutProblems = (): ReadonlyArray<string> => {
  const root = document.documentElement
  const nameOf = (element: Element): string =>
    `${element.tagName.toLowerCase()} ${element.id} "${(element.textContent ?? "").trim().slice(0, 30)}"`
  const visible = [...document.querySelectorAll<HTMLElement>("main *")].filter(
    (element) => element.checkVisibility({ visibilityProperty: true }) && element.closest(".visually-hidden") === null
  )
  const hasText = (element: HTMLElement): boolean =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== "")
  // What is shortened on purpose can be read in full in another way.
  const isReadable = (element: HTMLElement): boolean =>
    element.id === "title"
      ? document.getElementById("more")?.hidden === false
      : getComputedStyle(element).textOverflow === "ellipsis" &&
        (element.title !== "" || element.closest("[aria-label]") !== null)
  const isCut = (element: HTMLElement): boolean =>
    getComputedStyle(element).overflow !== "visible" &&
    (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1)
  const isOutside = (element: HTMLElement): boolean => {
    const { left, right, top, bottom } = element.getBoundingClientRect()
    return left < -0.5 || right > root.clientWidth + 0.5 || top < -0.5 || bottom > root.clientHeight + 0.5
  }
  const textLeaves = (outer: HTMLElement, element: HTMLElement): boolean => {
    const range = document.createRange()
    range.selectNodeContents(element)
    const [a, b] = [outer.getBoundingClientRect(), range.getBoundingClientRect()]
    return b.left < a.left - 1 || b.right > a.right + 1 || b.top < a.top - 1 || b.bottom > a.bottom + 1
  }
  const controls = visible.filter((element) => element.matches("button, textarea"))
  const overlapping = controls.flatMap((control, index) =>
    controls.slice(index + 1).flatMap((other) => {
      const [a, b] = [control.getBoundingClientRect(), other.getBoundingClientRect()]
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left)
      const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
      return width > 1 && height > 1 ? [`${nameOf(control)} overlaps ${nameOf(other)}`] : []
    })
  )
  return [
    ...(root.scrollWidth > root.clientWidth ? [`is ${root.scrollWidth} px wide in ${root.clientWidth}`] : []),
    ...visible
      .filter((element) => element.closest("#thumbnails") === null && isOutside(element))
      .map((element) => `${nameOf(element)} is outside the window`),
    ...visible
      .filter((element) => hasText(element) && isCut(element) && !isReadable(element))
      .map((element) => `${nameOf(element)} is cut off`),
    ...visible
      .filter((element) => hasText(element) && !isCut(element))
      .flatMap((element) => {
        const outer = element.closest<HTMLElement>(".panel, button, dl > div")
        return outer !== null && textLeaves(outer, element) ? [`${nameOf(element)} leaves its ${nameOf(outer)}`] : []
      }),
    ...controls
      .filter((control) => control.getBoundingClientRect().height < 24)
      .map((control) => `${nameOf(control)} is too small to hit`),
    ...overlapping
  ]
}
