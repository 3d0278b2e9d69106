import { useLayoutEffect, useRef, useState } from "preact/hooks"

interface Props {
  readonly text: string
  /** Prompts keep their line breaks, and are shortened to a few lines. */
  readonly isPrompt: boolean
}

/** The main heading. A long prompt gets a "Show more" button; a short one does not. */
export const Title = ({ text, isPrompt }: Props) => {
  const heading = useRef<HTMLHeadingElement>(null)
  const [isOpen, setIsOpen] = useState(false)
  const [isCut, setIsCut] = useState(false)

  const measure = () => {
    if (heading.current !== null) setIsCut(heading.current.scrollHeight > heading.current.clientHeight + 1)
  }
  useLayoutEffect(measure)
  useLayoutEffect(() => {
    addEventListener("resize", measure)
    return () => removeEventListener("resize", measure)
  }, [])

  return (
    <>
      <h1 id="title" ref={heading} class={[isPrompt ? "prompt" : "", isOpen ? "open" : ""].join(" ").trim()}>
        {text}
      </h1>
      <button
        id="more"
        type="button"
        class="link"
        aria-expanded={isOpen}
        aria-controls="title"
        hidden={!isOpen && !isCut}
        onClick={() => setIsOpen(!isOpen)}
      >
        {isOpen ? "Show less" : "Show more"}
      </button>
    </>
  )
}
