import type { Actions } from "./actions-view.ts"
import { copy } from "./copy.ts"
import { readFiles } from "./task.ts"
import type { Answer, Host } from "./host.ts"
import { requestCall, requestText } from "./request-form.ts"
import { safeUrl, type Settings } from "./settings.ts"
import type { PlayerActions } from "./player-view.ts"
import { type Call, type Choice, chosen, currentTask, learn, promptOf, show, type State } from "./state.ts"
import type { ThumbnailActions } from "./thumbnails-view.ts"
import { outputLabel } from "./format.ts"

interface Board {
  readonly state: State
  readonly settings: Settings
  readonly host: () => Host | undefined
  readonly callTool: (tool: string, args: Readonly<Record<string, unknown>>) => Promise<Answer>
  readonly applyAnswer: (answer: Answer, call: Call) => boolean
  readonly follow: () => void
  /** Loads what the page does not know yet about the current task. */
  readonly loadDetails: () => Promise<void>
  readonly render: () => void
}

export interface BoardActions extends Actions, PlayerActions, ThumbnailActions {
  readonly fullscreen: () => void
  readonly send: (prompt: string) => void
  readonly closeForm: () => void
  readonly key: (event: KeyboardEvent) => void
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : "Something went wrong.")

/** What each button does. Nothing here spends: paid calls go through the chat or the server's approval. */
export const makeActions = ({
  state,
  settings,
  host,
  callTool,
  applyAnswer,
  follow,
  loadDetails,
  render
}: Board): BoardActions => {
  const focus = (name: string) => document.querySelector<HTMLElement>(`[data-name="${CSS.escape(name)}"]`)?.focus()
  const setNote = (note: string) => {
    state.note = note
    render()
  }
  /** Runs an action that takes time; an error is shown next to the buttons. */
  const runBusy = async (name: string, run: () => Promise<string>) => {
    if (state.busy !== undefined) return
    state.busy = name
    setNote("")
    const note = await run().catch(reasonOf)
    state.busy = undefined
    setNote(note)
  }
  const output = () => {
    const choice = chosen(state)
    return choice === undefined ? undefined : currentTask(state)?.outputs[choice.index]
  }
  const copyText = async (text: string, label: string) => ((await copy(text)) ? `${label} copied.` : text)

  const save = () =>
    void runBusy("save", async () => {
      const task = currentTask(state)
      if (task === undefined) return ""
      const { structured, lines, isError } = await callTool("download_task", { task_id: task.id })
      const files = readFiles(structured["files"])
      if (isError || files.length === 0) return lines.join(" ")
      learn(state, { ...task, files })
      return files.length === 1 ? "Saved." : `Saved ${files.length} files.`
    })

  const open = () =>
    void runBusy("open", async () => {
      const url = safeUrl(output()?.url)
      if (url === undefined) return ""
      if (host()?.abilities.open === true) await host()?.open(url)
      else window.open(url, "_blank", "noopener,noreferrer")
      return ""
    })

  const download = () =>
    void runBusy("download", async () => {
      const file = output()
      const url = safeUrl(file?.url)
      if (file !== undefined && url !== undefined) await host()?.download(url, outputLabel(file))
      return ""
    })

  const copyLink = () =>
    void runBusy("copy-link", () => {
      const url = output()?.url
      return url === undefined ? Promise.resolve("") : copyText(url, "Link")
    })

  const closeForm = () => {
    const closed = state.form
    state.form = undefined
    render()
    if (closed !== undefined) focus(closed)
  }

  const send = (prompt: string) =>
    void runBusy("send", async () => {
      const [task, form] = [currentTask(state), state.form]
      if (task === undefined || form === undefined) return ""
      const call = state.calls.get(task.id)
      const isUnchanged = prompt === promptOf(state, task)?.trim()
      if (host()?.abilities.message === true) {
        await host()?.say(requestText({ form, task, call, prompt, isUnchanged }))
        state.form = undefined
        return "Request added to the chat."
      }
      const request = requestCall({ form, task, call, prompt, isUnchanged })
      if (request === undefined || !settings.tools.has(request.tool))
        return "This chat does not accept requests from the board."
      const answer = await callTool(request.tool, request.args)
      return applyAnswer(answer, request) ? state.note : answer.lines.join(" ")
    })

  const enlarge = (index: number | undefined) => {
    const before = state.index
    const focused = (document.activeElement as HTMLElement | null)?.dataset["name"]
    state.index = index
    render()
    if (index === undefined) focus(`tile-${before ?? 0}`)
    else if (focused !== "previous") focus("next")
  }

  const closeComparison = () => {
    state.comparison = undefined
    render()
    focus("compare")
  }

  const setPicking = (picking: boolean) => {
    state.picking = picking
    render()
    if (picking) document.querySelector<HTMLElement>("#thumbnails button")?.focus()
  }

  return {
    save,
    open,
    download,
    copyLink,
    copyPath: (path) => void runBusy("copy-path", () => copyText(path, "Path")),
    compare: () => setPicking(!state.picking),
    openForm: (form) => {
      if (state.form === form) return closeForm()
      const open = () => {
        state.form = form
        render()
        focus("prompt")
      }
      // A form with a truncated prompt would request something else.
      loadDetails().then(open, open)
    },
    closeForm,
    send,
    enlarge,
    closeComparison,
    playBoth: () => {
      for (const video of document.querySelectorAll<HTMLVideoElement>("#player video")) {
        video.currentTime = 0
        video.play().catch((error: unknown) => setNote(reasonOf(error)))
      }
    },
    choose: (taskId) => {
      show(state, taskId)
      follow()
      render()
    },
    compareWith: (choice: Choice) => {
      state.comparison = choice
      state.picking = false
      state.form = undefined
      render()
      focus("play-both")
      if (document.activeElement === document.body) focus("close-comparison")
    },
    fullscreen: () => void runBusy("fullscreen", async () => (await host()?.toggleFullscreen()) ?? ""),
    key: (event) => {
      const isTyping = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLMediaElement
      if (isTyping) return
      const count = currentTask(state)?.outputs.length ?? 0
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
      const isInPlayer = event.target instanceof HTMLElement && event.target.closest("#player") !== null
      if (step !== undefined && state.index !== undefined && state.comparison === undefined && isInPlayer) {
        enlarge((state.index + step + count) % count)
      }
      if (event.key !== "Escape") return
      if (state.picking) {
        setPicking(false)
        focus("compare")
      } else if (state.comparison !== undefined) closeComparison()
      else if (state.index !== undefined) enlarge(undefined)
      else if (host()?.context.displayMode === "fullscreen") void host()?.toggleFullscreen()
    }
  }
}
