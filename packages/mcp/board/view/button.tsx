import type { ButtonHTMLAttributes, ComponentChildren } from "preact"

interface Props extends Omit<ButtonHTMLAttributes, "name" | "onClick"> {
  /** Finds the button for the focus, the style and the tests. */
  readonly name: string
  readonly onClick: () => void
  /** Its action runs: another click does nothing, and the focus stays. */
  readonly isRunning?: boolean
  readonly children: ComponentChildren
}

/** A button outside any form: the sandbox of some hosts forbids forms. */
export const Button = ({ name, isRunning = false, ...rest }: Props) => (
  <button type="button" data-name={name} aria-disabled={isRunning ? "true" : undefined} {...rest} />
)
