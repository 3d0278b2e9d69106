import { useRef, useState } from "preact/hooks"
import type { RequestActions } from "../actions/request-actions.ts"
import type { Form } from "../state.ts"
import { Button } from "./button.tsx"

interface Props {
  readonly form: Form
  readonly originalPrompt: string | undefined
  /** What the task was quoted at, in USD. */
  readonly price: number | undefined
  readonly isSending: boolean
  readonly act: RequestActions
}

/** One text field and a note on the price. Ctrl+Enter or Cmd+Enter sends, Escape closes. */
export const RequestForm = ({ form, originalPrompt = "", price, isSending, act }: Props) => {
  const field = useRef<HTMLTextAreaElement>(null)
  const isAgain = form === "again"
  const [prompt, setPrompt] = useState(isAgain ? originalPrompt : "")
  const send = () => {
    if (prompt.trim() === "") field.current?.focus()
    else act.send(prompt.trim())
  }
  const onKeyDown = ({ key, ctrlKey, metaKey }: KeyboardEvent) => {
    if (key === "Enter" && (ctrlKey || metaKey)) send()
    if (key === "Escape") act.closeForm()
  }
  const again = price === undefined ? "Generate again" : `Generate again, about $${price}`
  return (
    <>
      <label for="prompt">{isAgain ? "Prompt" : "What happens next"}</label>
      <textarea
        id="prompt"
        data-name="prompt"
        rows={4}
        ref={field}
        value={prompt}
        onInput={({ currentTarget }) => setPrompt(currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <p class="quiet">
        {`This creates a new task, charged separately${
          isAgain && price !== undefined ? `; this one was quoted at $${price}` : ""
        }.`}
      </p>
      <div class="row">
        <Button name="send" class="first" onClick={send} isRunning={isSending}>
          {isSending ? "Sending …" : isAgain ? again : "Add next shot"}
        </Button>
        <Button name="close-form" onClick={act.closeForm}>
          Close
        </Button>
      </div>
    </>
  )
}
