/* What waits to be sent: tried again until it is through, sooner when the connection is back. */

import { Trouble } from "./server.js";

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** One line of work for each key (that of a form): what is sent for it goes one after the other, and a newer
 *  piece of work takes the place of one that still waits. So an old copy of a form can never overtake its saving. */
export class Queue extends EventTarget {
  #lines = new Map(); // key → {work, settle, running, pause, timer}
  #server;

  constructor(server) {
    super();
    this.#server = server;
    const again = () => this.hurry();
    addEventListener("online", again);
    server.addEventListener("state", () => server.state === "online" && again());
  }

  /** Resolves with what `work` answers; rejects with a Trouble that will not pass, or undefined where replaced. */
  set(key, work, delay = 0) {
    this.cancel(key);
    const line = this.#lines.get(key) ?? { running: false };
    this.#lines.set(key, line);
    return new Promise((resolve, reject) => {
      Object.assign(line, { work, settle: { resolve, reject }, pause: FIRST_PAUSE, failing: false });
      this.#later(key, delay);
    });
  }

  /** Forget what waits for this key; what is on its way goes on. */
  cancel(key) {
    const line = this.#lines.get(key);
    if (!line?.work) return;
    clearTimeout(line.timer);
    line.settle.resolve(undefined);
    Object.assign(line, { work: null, failing: false });
    if (!line.running) this.#lines.delete(key);
  }

  /** Is there work for this key, and has it failed before? */
  waiting(key) {
    return Boolean(this.#lines.get(key)?.work);
  }

  failing(key) {
    return Boolean(this.#lines.get(key)?.failing);
  }

  /** Try everything that waits at once. */
  hurry() {
    for (const key of [...this.#lines.keys()]) this.#later(key, 0);
  }

  #later(key, delay) {
    const line = this.#lines.get(key);
    clearTimeout(line.timer);
    line.timer = setTimeout(() => this.#run(key), delay);
  }

  async #run(key) {
    const line = this.#lines.get(key);
    if (!line?.work || line.running) return;
    const { work, settle } = line;
    line.running = true;
    try {
      const answer = await work();
      this.#done(key, work, () => settle.resolve(answer));
    } catch (error) {
      if (error instanceof Trouble && error.passing) this.#wait(key, work);
      else this.#done(key, work, () => settle.reject(error));
    }
    this.dispatchEvent(new Event("change"));
  }

  #done(key, work, tell) {
    const line = this.#lines.get(key);
    line.running = false;
    tell();
    if (line.work === work) this.#lines.delete(key);
    else if (line.work) this.#later(key, 0); // something newer came meanwhile
    else this.#lines.delete(key);
  }

  #wait(key, work) {
    const line = this.#lines.get(key);
    line.running = false;
    if (!line.work) return void this.#lines.delete(key);
    if (line.work !== work) return this.#later(key, 0);
    line.failing = true;
    const pause = this.#server.state === "stranger" ? LONGEST_PAUSE : line.pause;
    line.pause = Math.min(line.pause * 2, LONGEST_PAUSE);
    this.#later(key, pause);
  }
}
