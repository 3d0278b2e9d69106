import type { FileActions } from "../actions/file-actions.ts"
import { isRunning, type State } from "../state.ts"
import type { SavedFile } from "../task.ts"
import { Button } from "./button.tsx"

interface Props {
  readonly state: State
  readonly files: ReadonlyArray<SavedFile>
  readonly copyPath: FileActions["copyPath"]
}

/** Where the files went, each with a button that copies the path. */
export const SavedFiles = ({ state, files, copyPath }: Props) => (
  <ul id="saved" aria-label="Saved files">
    {files.map(({ path }, index) => {
      const name = `copy-path-${index}`
      return (
        <li key={path}>
          <span class="mono" title={path}>
            {path}
          </span>
          <Button
            name={name}
            aria-label={`Copy path ${index + 1}`}
            onClick={() => copyPath(name, path)}
            isRunning={isRunning(state, name)}
          >
            Copy path
          </Button>
        </li>
      )
    })}
  </ul>
)
