/* Unfinished forms, kept: in this browser at once, on the server a moment later. Nothing typed is lost. */

const MOMENT = 800; // milliseconds after the last change
const AT_LATEST = 4_000; // while somebody types on and on

/** A key for a new form; `randomUUID` itself is there over HTTPS only. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A form's body is {at, values, …}: `at` counts its changes, so that the newer of two copies is known.
 *  "change" events tell that something was kept, or could not be; `unsent` are those in this browser only. */
export class Keep extends EventTarget {
  #forms = new Map(); // key → {body, since, sentAt, savedAt, local}
  #server;
  #queue;
  #tabs;
  #prefix;
  full = false; // this browser keeps nothing (private window, storage full)

  constructor({ server, queue, tabs, prefix }) {
    super();
    this.#server = server;
    this.#queue = queue;
    this.#tabs = tabs;
    this.#prefix = `${prefix}:`;
    queue.addEventListener("change", () => this.#changed());
    addEventListener("pagehide", () => this.flush({ parting: true }));
    document.addEventListener("visibilitychange", () => document.hidden && this.flush());
  }

  /** All that came back: [{key, body, savedAt}], newest first. What differs and is no older than the other copy
   *  (two browsers went on from one form) comes back as a form of its own. */
  restore(fromServer) {
    for (const { key, body, saved_at } of fromServer) this.#forms.set(key, { body, sentAt: body.at, savedAt: new Date(saved_at) });
    for (const [key, body] of this.#stored()) this.#reconcile(key, body);
    this.#changed();
    const time = ({ savedAt, body }) => body.touched_at ?? savedAt?.getTime() ?? 0;
    return [...this.#forms].map(([key, form]) => ({ key, ...form })).sort((one, other) => time(other) - time(one));
  }

  #reconcile(key, body) {
    const known = this.#forms.get(key);
    if (!known || body.at > known.body.at) return this.#adopt(key, body);
    this.#erase(key);
    if (JSON.stringify(known.body.values) !== JSON.stringify(body.values)) this.#adopt(newKey(), body);
  }

  #adopt(key, body) {
    this.#forms.set(key, { body, sentAt: this.#forms.get(key)?.sentAt ?? -1 });
    this.#write(key, body);
    this.#send(key);
  }

  body(key) {
    return this.#forms.get(key)?.body;
  }

  get keys() {
    return [...this.#forms.keys()];
  }

  /** Kept in this browser, not (or not in this shape) on the server. */
  get unsent() {
    return this.keys.filter((key) => this.#pending(key));
  }

  /** Of these, the ones that cannot get through just now. */
  get stuck() {
    return this.unsent.filter((key) => this.#queue.failing(key) || this.#server.state !== "online");
  }

  /** When the server last took an unfinished form. */
  get savedAt() {
    const times = [...this.#forms.values()].map(({ savedAt }) => savedAt).filter(Boolean);
    return times.length ? new Date(Math.max(...times)) : null;
  }

  /** Keep this form as it is now. */
  put(key, body) {
    const form = this.#forms.get(key) ?? { sentAt: -1 };
    form.body = { ...body, at: (form.body?.at ?? 0) + 1, touched_at: Date.now() };
    form.since ??= Date.now();
    this.#forms.set(key, form);
    this.#write(key, form.body);
    this.#tabs.tell({ key, body: form.body });
    this.#send(key, Date.now() - form.since > AT_LATEST ? 0 : MOMENT);
    this.#changed();
  }

  /** It has been saved as a statement (the server has let go of its copy), or is held by nobody any more. */
  forget(key) {
    this.#forms.delete(key);
    this.#erase(key);
    this.#tabs.tell({ key, body: null });
    this.#changed();
  }

  /** Thrown away by its editor. */
  discard(key) {
    const there = this.#forms.get(key)?.sentAt >= 0 || this.#queue.waiting(key);
    this.forget(key);
    this.#queue.cancel(key);
    if (there) this.#queue.set(key, () => this.#server.post(`kept/${key}/discard/`)).catch(() => {});
  }

  /** Told by another tab of ours. */
  follow(key, body) {
    if (body) this.#forms.set(key, { ...this.#forms.get(key), body, sentAt: body.at });
    else this.#forms.delete(key);
    this.#changed();
  }

  /** Send what waits for its moment. */
  flush({ parting = false } = {}) {
    for (const key of this.unsent) {
      if (parting && this.#server.state === "online") this.#post(key, { parting }).catch(() => {});
      else if (!parting && this.#queue.waiting(key) && !this.#queue.failing(key)) this.#send(key, 0);
    }
  }

  #pending(key) {
    const { body, sentAt } = this.#forms.get(key);
    return body.at > sentAt;
  }

  #send(key, delay = 0) {
    if (this.#forms.get(key).body.waiting) return; // its saving is on the way, and carries all of it
    this.#queue.set(key, () => this.#post(key), delay).catch((trouble) => this.#refused(key, trouble));
  }

  async #post(key, options) {
    const form = this.#forms.get(key);
    if (!form) return;
    const { body } = form;
    form.since = null;
    const { saved_at } = await this.#server.post(`kept/${key}/`, { body }, options);
    Object.assign(form, { sentAt: body.at, savedAt: new Date(saved_at), refused: "" });
    this.#erase(key, body.at);
    this.#changed();
  }

  /** The server will not have it (too large, say): it stays in this browser, and the page says so. */
  #refused(key, trouble) {
    const form = this.#forms.get(key);
    if (form) form.refused = trouble.message;
    this.#changed();
  }

  get refusal() {
    return [...this.#forms.values()].map(({ refused }) => refused).find(Boolean) ?? "";
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  // This browser's own copies

  #write(key, body) {
    try {
      localStorage.setItem(this.#prefix + key, JSON.stringify(body));
      this.full = false;
    } catch {
      this.full = true;
    }
  }

  /** Only up to this change: another tab may have written a later one. */
  #erase(key, at = Infinity) {
    try {
      const stored = JSON.parse(localStorage.getItem(this.#prefix + key));
      if (stored && stored.at <= at) localStorage.removeItem(this.#prefix + key);
    } catch {
      this.full = true;
    }
  }

  #stored() {
    try {
      const keys = Object.keys(localStorage).filter((name) => name.startsWith(this.#prefix));
      return keys.map((name) => [name.slice(this.#prefix.length), JSON.parse(localStorage.getItem(name))]).filter(([, body]) => body?.values);
    } catch {
      this.full = true;
      return [];
    }
  }
}
