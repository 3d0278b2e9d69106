type Child = Node | string | undefined | false

interface Properties {
  readonly class?: string
  readonly text?: string
  readonly hidden?: boolean
  readonly [attribute: `aria-${string}` | `data-${string}`]: string | undefined
  readonly id?: string
  readonly for?: string
  readonly role?: string
  readonly title?: string
  readonly onclick?: () => void
}

/** Creates an element. Text always becomes a text node: untrusted text is never parsed as markup. */
export const el = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { text, hidden = false, onclick, ...attributes }: Properties = {},
  ...children: ReadonlyArray<Child>
): HTMLElementTagNameMap[Name] => {
  const element = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) {
    if (typeof value === "string") element.setAttribute(attribute, value)
  }
  if (text !== undefined) element.textContent = text
  if (hidden) element.hidden = true
  if (onclick !== undefined) element.addEventListener("click", onclick)
  element.append(...children.filter((child) => child !== undefined && child !== false))
  return element
}

/** A button outside any form: the sandbox of some hosts forbids forms. `name` finds it again after a rebuild. */
export const button = (name: string, text: string, onclick: () => void, properties: Properties = {}) => {
  const element = el("button", { text, "data-name": name, onclick, ...properties })
  element.type = "button"
  return element
}

export const byId = (id: string): HTMLElement => {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`The page has no #${id}`)
  return element
}

const keys = new WeakMap<HTMLElement, string>()

/** Rebuilds a part of the page only when `key` has changed, so that playing videos and the focus stay. */
export const fill = (part: HTMLElement, key: unknown, build: () => ReadonlyArray<Child>): void => {
  const text = JSON.stringify(key)
  if (keys.get(part) === text) return
  keys.set(part, text)
  const active = document.activeElement
  const name = active instanceof HTMLElement && part.contains(active) ? active.dataset["name"] : undefined
  part.replaceChildren(...build().filter((child) => child !== undefined && child !== false))
  if (name !== undefined) part.querySelector<HTMLElement>(`[data-name="${CSS.escape(name)}"]`)?.focus()
}
