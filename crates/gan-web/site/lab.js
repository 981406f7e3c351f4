// The worker as the page sees it: requests as promises, everything else as events.
export class Lab extends EventTarget {
  #worker = new Worker('worker.js', { type: 'module' });
  #waiting = new Map();
  #next = 0;

  constructor() {
    super();
    this.#worker.onmessage = ({ data }) => {
      const waiting = data.id !== undefined && this.#waiting.get(data.id);
      if (waiting) {
        this.#waiting.delete(data.id);
        data.is === 'failed' ? waiting.reject(new Error(data.error)) : waiting.resolve(data.value);
      } else {
        this.dispatchEvent(new CustomEvent(data.is, { detail: data }));
      }
    };
    this.#worker.onerror = (event) =>
      this.dispatchEvent(new CustomEvent('failed', { detail: { doing: 'worker', error: event.message } }));
  }

  /** Ends the worker; what was asked is never answered. */
  end() {
    this.#worker.terminate();
  }

  /** Sends a request that is answered by events. */
  tell(what, more = {}) {
    this.#worker.postMessage({ do: what, ...more });
  }

  /** Sends a request that has an answer of its own. */
  ask(what, more = {}) {
    const id = this.#next++;
    this.#worker.postMessage({ do: what, id, ...more });
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }
}
