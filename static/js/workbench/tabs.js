/* Several tabs of one person on one source: each form is open in one of them at a time. */

const ANSWER_TIME = 150; // milliseconds; only where the browser has no Web Locks (they need HTTPS)

export class Tabs extends EventTarget {
  #prefix;
  #channel;
  #held = new Map(); // key → what lets it go
  #asked = new Map(); // key → what to call when another tab says that it holds it

  /** Whatever one tab tells is a "told" event in the others. */
  constructor(prefix) {
    super();
    this.#prefix = prefix;
    this.#channel = new BroadcastChannel(prefix);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
  }

  /** Take a form for this tab. False: another living tab has it. */
  async hold(key) {
    if (this.#held.has(key)) return true;
    const free = navigator.locks ? await this.#lock(key) : await this.#ask(key);
    if (free && !this.#held.has(key)) this.#held.set(key, () => {});
    return free;
  }

  release(key) {
    this.#held.get(key)?.();
    this.#held.delete(key);
  }

  tell(message) {
    this.#channel.postMessage(message);
  }

  #lock(key) {
    return new Promise((resolve) => {
      navigator.locks.request(`${this.#prefix}:${key}`, { ifAvailable: true }, (lock) => {
        if (!lock) return resolve(false);
        return new Promise((letGo) => {
          this.#held.set(key, letGo);
          resolve(true);
        });
      });
    });
  }

  #ask(key) {
    return new Promise((resolve) => {
      this.#asked.set(key, () => resolve(false));
      setTimeout(() => resolve(true), ANSWER_TIME);
      this.tell({ who: key });
    }).finally(() => this.#asked.delete(key));
  }

  #hear(message) {
    if (message.who) {
      if (this.#held.has(message.who)) this.tell({ mine: message.who });
    } else if (message.mine) {
      this.#asked.get(message.mine)?.();
    } else {
      this.dispatchEvent(new CustomEvent("told", { detail: message }));
    }
  }
}
