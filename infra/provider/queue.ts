/** Limits how many pieces of work with the same key run at once, within this process. */
export class Queue {
  readonly #limit: number;
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    await this.#enter(key);
    try {
      return await work();
    } finally {
      this.#leave(key);
    }
  }

  #enter(key: string): Promise<void> {
    const running = this.#running.get(key) ?? 0;
    if (running < this.#limit) {
      this.#running.set(key, running + 1);
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), resolve]);
    });
  }

  /** The place of the one that leaves goes to the first that waits, so that none slips in between. */
  #leave(key: string): void {
    const [next, ...rest] = this.#waiting.get(key) ?? [];
    if (next !== undefined) {
      this.#waiting.set(key, rest);
      next();
      return;
    }
    this.#running.set(key, (this.#running.get(key) ?? 1) - 1);
  }
}
