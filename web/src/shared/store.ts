export interface StoreOf<State> {
  get(): State;
  set(patch: Partial<State>): void;
  /** Called with every new state, and once at the start. */
  subscribe(listener: (state: State) => void): void;
}

export function storeOf<State>(initial: State): StoreOf<State> {
  let state = initial;
  const listeners: ((state: State) => void)[] = [];
  return {
    get: () => state,
    set(patch) {
      state = { ...state, ...patch };
      for (const listener of listeners) listener(state);
    },
    subscribe(listener) {
      listeners.push(listener);
      listener(state);
    },
  };
}
