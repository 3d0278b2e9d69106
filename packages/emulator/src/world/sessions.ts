import { sessionMillis } from "@klingkit/core/internal"
import type { ParentVideo } from "./task.ts"

/** A video that was opened for lip-sync or for the editor: later calls refer to it by the session's id. */
export interface Session {
  readonly id: string
  readonly of: "faces" | "selection"
  readonly video: ParentVideo
  readonly openedAt: number
  /** The selected points in the editor, by frame. */
  readonly points: Map<number, Array<{ readonly x: number; readonly y: number }>>
}

export class Sessions {
  readonly #byId = new Map<string, Session>()

  open(id: string, of: Session["of"], video: ParentVideo, now: number): Session {
    const session: Session = { id, of, video, openedAt: now, points: new Map() }
    this.#byId.set(id, session)
    return session
  }

  /** Nothing when the session is unknown, expired, or of another purpose. */
  find(id: unknown, of: Session["of"], now: number): Session | undefined {
    const session = typeof id === "string" ? this.#byId.get(id) : undefined
    return session?.of === of && now - session.openedAt < sessionMillis ? session : undefined
  }
}
