import type { Actions } from "./actions-view.ts"
import { copy } from "./copy.ts"
import { readFiles } from "./facts.ts"
import type { Answer, Host } from "./host.ts"
import { requestCall, requestText } from "./request-form.ts"
import { safeUrl, type Settings } from "./settings.ts"
import type { StageActions } from "./stage-view.ts"
import { type Call, type Choice, chosen, currentTask, learn, promptOf, show, type State } from "./state.ts"
import type { StripActions } from "./strip-view.ts"
import { kindOf } from "./words.ts"

interface Board {
  readonly state: State
  readonly settings: Settings
  readonly host: () => Host | undefined
  readonly call: (tool: string, args: Readonly<Record<string, unknown>>) => Promise<Answer>
  readonly take: (answer: Answer, made: Call) => boolean
  readonly follow: () => void
  /** Reads what the page does not know yet of the task that it shows. */
  readonly readWhole: () => Promise<void>
  readonly render: () => void
}

export interface BoardActions extends Actions, StageActions, StripActions {
  readonly fullscreen: () => void
  readonly send: (words: string) => void
  readonly closeForm: () => void
  readonly key: (event: KeyboardEvent) => void
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : "It did not work.")

/** Everything that a press of a button does. Nothing here spends: paid calls go through the chat or the server's gate. */
export const makeActions = ({ state, settings, host, call, take, follow, readWhole, render }: Board): BoardActions => {
  const focus = (name: string) => document.querySelector<HTMLElement>(`[data-name="${CSS.escape(name)}"]`)?.focus()
  const say = (note: string) => {
    state.note = note
    render()
  }
  /** Runs something that takes a moment; what goes wrong is said beside the buttons. */
  const doing = async (name: string, run: () => Promise<string>) => {
    if (state.busy !== undefined) return
    state.busy = name
    say("")
    const note = await run().catch(reasonOf)
    state.busy = undefined
    say(note)
  }
  const output = () => {
    const choice = chosen(state)
    return choice === undefined ? undefined : currentTask(state)?.outputs[choice.index]
  }
  const copyText = async (text: string, what: string) => ((await copy(text)) ? `${what} copied.` : text)

  const save = () =>
    void doing("save", async () => {
      const task = currentTask(state)
      if (task === undefined) return ""
      const { facts, lines, isError } = await call("download_task", { task_id: task.id })
      const files = readFiles(facts["files"])
      if (isError || files.length === 0) return lines.join(" ")
      learn(state, { ...task, files })
      return files.length === 1 ? "Saved." : `Saved ${files.length} files.`
    })

  const open = () =>
    void doing("open", async () => {
      const url = safeUrl(output()?.url)
      if (url === undefined) return ""
      if (host()?.abilities.open === true) await host()?.open(url)
      else window.open(url, "_blank", "noopener,noreferrer")
      return ""
    })

  const download = () =>
    void doing("download", async () => {
      const one = output()
      const url = safeUrl(one?.url)
      if (one !== undefined && url !== undefined) await host()?.download(url, kindOf(one))
      return ""
    })

  const copyLink = () =>
    void doing("copy-link", () => {
      const url = output()?.url
      return url === undefined ? Promise.resolve("") : copyText(url, "Link")
    })

  const closeForm = () => {
    const was = state.form
    state.form = undefined
    render()
    if (was !== undefined) focus(was)
  }

  const send = (words: string) =>
    void doing("send", async () => {
      const [task, form] = [currentTask(state), state.form]
      if (task === undefined || form === undefined) return ""
      const known = state.calls.get(task.id)
      const isSame = words === promptOf(state, task)?.trim()
      if (host()?.abilities.message === true) {
        await host()?.say(requestText({ form, task, call: known, words, isSame }))
        state.form = undefined
        return "Asked for in the chat."
      }
      const wanted = requestCall({ form, task, call: known, words, isSame })
      if (wanted === undefined || !settings.tools.has(wanted.tool)) return "This chat takes no requests from here."
      const answer = await call(wanted.tool, wanted.args)
      return take(answer, wanted) ? state.note : answer.lines.join(" ")
    })

  const enlarge = (index: number | undefined) => {
    const before = state.index
    const from = (document.activeElement as HTMLElement | null)?.dataset["name"]
    state.index = index
    render()
    if (index === undefined) focus(`tile-${before ?? 0}`)
    else if (from !== "previous") focus("next")
  }

  const endComparison = () => {
    state.beside = undefined
    render()
    focus("compare")
  }

  const setPicking = (picking: boolean) => {
    state.picking = picking
    render()
    if (picking) document.querySelector<HTMLElement>("#strip button")?.focus()
  }

  return {
    save,
    open,
    download,
    copyLink,
    copyPath: (path) => void doing("copy-path", () => copyText(path, "Path")),
    compare: () => setPicking(!state.picking),
    openForm: (form) => {
      if (state.form === form) return closeForm()
      const open = () => {
        state.form = form
        render()
        focus("words")
      }
      // A form with half a prompt in it would ask for something else.
      readWhole().then(open, open)
    },
    closeForm,
    send,
    enlarge,
    endComparison,
    playBoth: () => {
      for (const film of document.querySelectorAll<HTMLVideoElement>("#stage video")) {
        film.currentTime = 0
        film.play().catch((error: unknown) => say(reasonOf(error)))
      }
    },
    choose: (taskId) => {
      show(state, taskId)
      follow()
      render()
    },
    setBeside: (choice: Choice) => {
      state.beside = choice
      state.picking = false
      state.form = undefined
      render()
      focus("play-both")
      if (document.activeElement === document.body) focus("end-comparison")
    },
    fullscreen: () => void doing("fullscreen", async () => (await host()?.toggleFullscreen()) ?? ""),
    key: (event) => {
      const isTyping = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLMediaElement
      if (isTyping) return
      const many = currentTask(state)?.outputs.length ?? 0
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
      const isInStage = event.target instanceof HTMLElement && event.target.closest("#stage") !== null
      if (step !== undefined && state.index !== undefined && state.beside === undefined && isInStage) {
        enlarge((state.index + step + many) % many)
      }
      if (event.key !== "Escape") return
      if (state.picking) {
        setPicking(false)
        focus("compare")
      } else if (state.beside !== undefined) endComparison()
      else if (state.index !== undefined) enlarge(undefined)
      else if (host()?.context.displayMode === "fullscreen") void host()?.toggleFullscreen()
    }
  }
}
