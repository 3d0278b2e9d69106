import { copy } from "../copy.ts"
import { outputLabel } from "../format.ts"
import type { Host } from "../host.ts"
import { safeUrl } from "../settings.ts"
import { chosen, currentTask, learn, type State } from "../state.ts"
import type { Store } from "../store.ts"
import type { TaskLoader } from "../task-loader.ts"
import { type Output, readFiles } from "../task.ts"
import type { RunAction } from "./run-action.ts"

/** What the buttons do with the result on display. */
export interface FileActions {
  readonly save: () => void
  readonly open: () => void
  readonly copyLink: () => void
  readonly copyPath: (name: string, path: string) => void
  readonly download: () => void
}

export const makeFileActions = (
  store: Store<State>,
  run: RunAction,
  host: () => Host | undefined,
  { callTool }: TaskLoader
): FileActions => {
  const output = (): Output | undefined => {
    const choice = chosen(store.get())
    return choice === undefined ? undefined : currentTask(store.get())?.outputs[choice.index]
  }
  const copyText = async (text: string, label: string) => ((await copy(text)) ? `${label} copied.` : text)
  return {
    save: () =>
      run("save", async () => {
        const task = currentTask(store.get())
        if (task === undefined) return undefined
        const { structured, lines, isError } = await callTool("download_task", { task_id: task.id })
        const files = readFiles(structured["files"])
        if (isError || files.length === 0) return lines.join(" ")
        store.update((state) => learn(state, { ...(state.tasks.get(task.id) ?? task), files }))
        return files.length === 1 ? "Saved." : `Saved ${files.length} files.`
      }),
    open: () =>
      run("open", async () => {
        const url = safeUrl(output()?.url)
        if (url === undefined) return undefined
        if (host()?.abilities.open === true) await host()?.open(url)
        else window.open(url, "_blank", "noopener,noreferrer")
        return undefined
      }),
    download: () =>
      run("download", async () => {
        const file = output()
        const url = safeUrl(file?.url)
        if (file !== undefined && url !== undefined) await host()?.download(url, outputLabel(file))
        return undefined
      }),
    copyLink: () =>
      run("copy-link", async () => {
        const url = output()?.url
        return url === undefined ? undefined : copyText(url, "Link")
      }),
    copyPath: (name, path) => run(name, () => copyText(path, "Path"))
  }
}
