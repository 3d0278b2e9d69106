import type { ParentVideo } from "./task.ts"

/** A clip that was opened for lip-sync or for the editor: what follows refers to it by the session's id. */
export interface Session {
  readonly id: string
  readonly of: "faces" | "selection"
  readonly video: ParentVideo
  readonly openedAt: number
  /** What was selected in the editor: points by frame. */
  readonly points: Map<number, Array<{ readonly x: number; readonly y: number }>>
}

const lifeMs = 24 * 3_600_000

export class Sessions {
  readonly #byId = new Map<string, Session>()

  open(id: string, of: Session["of"], video: ParentVideo, now: number): Session {
    const session: Session = { id, of, video, openedAt: now, points: new Map() }
    this.#byId.set(id, session)
    return session
  }

  /** Nothing when it never was, has ended after its 24 hours, or is for something else. */
  find(id: unknown, of: Session["of"], now: number): Session | undefined {
    const session = typeof id === "string" ? this.#byId.get(id) : undefined
    return session?.of === of && now - session.openedAt < lifeMs ? session : undefined
  }
}
