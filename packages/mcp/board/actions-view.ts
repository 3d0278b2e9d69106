import { button, el } from "./dom.ts"
import { isEnded } from "./task.ts"
import type { Abilities } from "./host.ts"
import { chosen, currentTask, type State } from "./state.ts"
import { safeUrl, type Settings } from "./settings.ts"

export interface Actions {
  readonly save: () => void
  readonly open: () => void
  readonly copyLink: () => void
  readonly copyPath: (path: string) => void
  readonly download: () => void
  readonly compare: () => void
  readonly openForm: (form: "again" | "extend") => void
}

/** The buttons under a result: only those that would work here and now. The first one is the primary action. */
export const actionButtons = (
  state: State,
  abilities: Abilities,
  settings: Settings,
  act: Actions
): ReadonlyArray<HTMLElement> => {
  const task = currentTask(state)
  if (task === undefined || !isEnded(task) || state.comparison !== undefined) return []
  const choice = chosen(state)
  const output = choice === undefined ? undefined : task.outputs[choice.index]
  const hasFiles = task.outputs.some(({ url }) => url !== undefined)
  const hasLink = safeUrl(output?.url) !== undefined
  const isSeveral = task.outputs.length > 1
  const isVideo = output?.type === "video"
  const canAsk = abilities.message || abilities.call
  const shown = [
    hasFiles &&
      abilities.call &&
      settings.tools.has("download_task") &&
      (task.files ?? []).length === 0 &&
      button(
        "save",
        state.busy === "save" ? "Saving …" : isSeveral ? `Save all ${task.outputs.length}` : "Save",
        act.save,
        {
          "aria-disabled": state.busy === "save" ? "true" : undefined
        }
      ),
    hasLink && button("open", "Open", act.open),
    hasLink && button("copy-link", "Copy link", act.copyLink),
    hasLink && abilities.download && button("download", "Download", act.download),
    hasFiles &&
      button("compare", state.picking ? "Cancel comparison" : "Compare", act.compare, {
        "aria-pressed": state.picking ? "true" : "false"
      }),
    canAsk && button("again", "Edit and regenerate", () => act.openForm("again"), expanded(state.form === "again")),
    canAsk &&
      isVideo &&
      settings.tools.has("extend_video") &&
      button("extend", "Extend", () => act.openForm("extend"), expanded(state.form === "extend"))
  ].filter((item) => item !== false)
  shown[0]?.classList.add("first")
  return shown
}

const expanded = (isOpen: boolean) => ({ "aria-expanded": isOpen ? "true" : "false", "aria-controls": "form" }) as const

/** Where the files went, each with a button that copies the path. */
export const savedRows = (state: State, act: Actions): ReadonlyArray<HTMLElement> =>
  (state.comparison === undefined ? (currentTask(state)?.files ?? []) : []).map(({ path }, index) =>
    el(
      "li",
      {},
      el("span", { class: "mono", text: path, title: path }),
      button(`copy-path-${index}`, "Copy path", () => act.copyPath(path), { "aria-label": `Copy path ${index + 1}` })
    )
  )
