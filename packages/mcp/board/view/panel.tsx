import type { ComponentChildren } from "preact"
import { formatCost } from "../format.ts"
import type { Task } from "../task.ts"

/** The well that stands where a result would. */
export const Panel = ({ children }: { readonly children: ComponentChildren }) => <div class="panel">{children}</div>

/** The call that opened the page has not been answered yet. */
export const Waiting = () => (
  <Panel>
    <p class="figure quiet">Sending to Kling</p>
    <div class="line endless">
      <i />
    </div>
  </Panel>
)

/** A result that is about no task: what the model reads. */
export const WithoutTask = ({ lines }: { readonly lines: ReadonlyArray<string> }) => (
  <Panel>
    {lines.length === 0 ? <p class="figure quiet">Nothing here yet</p> : <p class="lines">{lines.join("\n")}</p>}
  </Panel>
)

export const NotCompleted = ({ lines }: { readonly lines: ReadonlyArray<string> }) => (
  <Panel>
    <p class="figure">Not completed</p>
    <p class="lines">{lines.join("\n")}</p>
  </Panel>
)

export const Failure = ({ task }: { readonly task: Task }) => (
  <Panel>
    <p class="figure bad">Failed</p>
    {task.message !== undefined && (
      <p>
        <span class="quiet">Kling says </span>
        <q>{task.message}</q>
      </p>
    )}
    <p class="quiet">Charged: {formatCost(task) ?? task.charged ?? "unknown"}.</p>
  </Panel>
)
