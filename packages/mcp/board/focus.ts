/** Moves the focus to the control of this name, if it is shown. */
export const focusOn = (name: string): void =>
  document.querySelector<HTMLElement>(`[data-name="${CSS.escape(name)}"]`)?.focus()

/** The name of the control that has the focus. */
export const focusedName = (): string | undefined =>
  document.activeElement instanceof HTMLElement ? document.activeElement.dataset["name"] : undefined
