/** Puts text on the clipboard; false when the chat's sandbox forbids both ways. */
export const copy = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

/** The old way, which needs no permission, only a press of a key or button. */
const copyBySelection = (text: string): boolean => {
  const before = document.activeElement
  const field = document.createElement("textarea")
  field.value = text
  field.className = "unseen"
  document.body.append(field)
  field.select()
  const done = document.execCommand("copy")
  field.remove()
  if (before instanceof HTMLElement) before.focus()
  return done
}
