import { outputLabel } from "../format.ts"
import type { Output } from "../task.ts"
import { Button } from "./button.tsx"
import { Thumbnail } from "./thumbnail.tsx"

interface Props {
  readonly outputs: ReadonlyArray<Output>
  readonly enlarge: (index: number) => void
}

/** Several outputs of one task as tiles. */
export const Gallery = ({ outputs, enlarge }: Props) => {
  const count = outputs.length
  return (
    <ul class="gallery" data-columns={count === 2 || count === 4 ? "2" : "3"}>
      {outputs.map((output, index) => (
        <li key={index}>
          <Button
            name={`tile-${index}`}
            class="tile"
            aria-label={`Show ${outputLabel(output).toLowerCase()} ${index + 1} of ${count}`}
            onClick={() => enlarge(index)}
          >
            <Thumbnail output={output} />
          </Button>
        </li>
      ))}
    </ul>
  )
}
