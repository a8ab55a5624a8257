/** Names a plugin's value in the state of a cycle, and its type. Make one a plugin. */
export class StateKey<T> {
  readonly name: string;
  /** Copies the value for a trial, where the plugin changes it as pods come and go; default: share it. */
  readonly copy: (value: T) => T;

  constructor(name: string, copy: (value: T) => T = (value) => value) {
    this.name = name;
    this.copy = copy;
  }
}

/** What plugins hand on from one stage of a pod's cycle to the next (framework.CycleState). */
export class CycleState {
  readonly #values = new Map<StateKey<unknown>, unknown>();

  read<T>(key: StateKey<T>): T | undefined {
    // A value is only ever stored under a key of its own type, see write().
    return this.#values.get(key as StateKey<unknown>) as T | undefined;
  }

  write<T>(key: StateKey<T>, value: T): void {
    this.#values.set(key as StateKey<unknown>, value);
  }

  /** A copy whose changes stay its own: for trying what a node would be like with other pods on it. */
  clone(): CycleState {
    const copy = new CycleState();
    for (const [key, value] of this.#values) copy.#values.set(key, key.copy(value));
    return copy;
  }
}
