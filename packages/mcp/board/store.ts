/** A value that changes in one place only. Listeners are called after every change, at once and in order. */
export interface Store<State> {
  readonly get: () => State
  readonly update: (change: (state: State) => State) => void
  readonly subscribe: (listener: () => void) => void
}

export const makeStore = <State>(initial: State): Store<State> => {
  const listeners: Array<() => void> = []
  let state = initial
  return {
    get: () => state,
    update: (change) => {
      const changed = change(state)
      if (changed === state) return
      state = changed
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => void listeners.push(listener)
  }
}
