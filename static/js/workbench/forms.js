/* The forms of this page: the one that is open, those set aside, and the way of each to the server. */

import { Conflict } from "./conflict.js";
import { Form } from "./form.js";
import { newKey } from "./keep.js";
import { differences, emptyValues } from "./values.js";

/** Events: "shown" (another form is open, or none: repaint), "moved" (its passages), "saved" (detail: the answer),
 *  "leave" (the focus goes to the text, detail: code point or null), "discarded" (detail: body), "gone" (detail: the id
 *  of a statement that is no more), "said" (detail: words). */
export class Forms extends EventTarget {
  open = null;
  entries = null; // set by the page: see entries.js
  #bench;
  #keep;
  #queue;
  #tabs;
  #cards;
  #seat = null; // the line of the rail that the open form sits in

  constructor({ bench, keep, queue, tabs, cards }) {
    super();
    this.#bench = bench;
    this.#keep = keep;
    this.#queue = queue;
    this.#tabs = tabs;
    this.#cards = cards;
    queue.addEventListener("change", () => this.#refreshEntries());
    tabs.addEventListener("told", ({ detail }) => this.#told(detail));
  }

  /** How many are on their way to become statements. */
  get waiting() {
    return this.entries.keys.filter((key) => ["sending", "waiting"].includes(this.entries.state(key))).length;
  }

  // Opening

  /** A new statement of these words. */
  start(span) {
    const { words, published, language } = this.#bench;
    const values = emptyValues({ spans: [span], exacts: [words.exact(span)], saidOn: published, language });
    const form = this.#show(newKey(), { values });
    form.read();
    form.focus();
  }

  /** A stored statement of mine. */
  async edit(id) {
    if (this.open?.id === id) return this.open.focus();
    const parked = this.#keep.keys.find((key) => this.#keep.body(key).id === id && this.entries.has(key));
    if (parked) return this.resume(parked);
    try {
      const { version, values } = await this.#bench.server.get(`statements/${id}/`);
      this.#show(newKey(), { id, version, values, base: values });
      this.open.ready();
      this.open.focus();
    } catch (trouble) {
      this.#say(trouble.passing ? "No connection: the statement cannot be opened for a change just now." : trouble.message);
    }
  }

  /** A form that was set aside. */
  async resume(key) {
    if (!(await this.#tabs.hold(key))) return this.#say("This form is open in another tab.");
    if (!this.entries.has(key)) return;
    this.#queue.cancel(key);
    const { waiting, ...body } = this.#keep.body(key);
    this.#show(key, body);
    this.open.ready();
    if (waiting) this.#keep.put(key, body);
    this.open.focus();
  }

  /** A discarded form, brought back. */
  reopen(body) {
    const key = newKey();
    const { at, ...rest } = body;
    this.#show(key, rest);
    this.open.dirty = true;
    this.#keep.put(key, this.open.body);
    this.open.ready();
    this.open.focus();
  }

  /** What came back when the page was opened: the newest opens, the others are listed, the waiting ones go on. */
  async restore(found) {
    for (const { key, body } of found) {
      const mine = await this.#tabs.hold(key);
      this.entries.show(key, body, mine ? "unfinished" : "elsewhere");
      if (mine && body.waiting) this.#send(key);
      else if (mine && !this.open) await this.#resumeIfSound(key);
    }
    if (found.length) this.#tell("shown");
  }

  /** One form that cannot be read must not keep the page from opening. */
  async #resumeIfSound(key) {
    try {
      await this.resume(key);
    } catch (error) {
      this.entries.show(key, this.#keep.body(key), "refused", "it cannot be read here.");
      reportError(error);
    }
  }

  #show(key, body) {
    this.park();
    this.#tabs.hold(key);
    this.entries.remove(key);
    const form = body.conflict ? new Conflict({ key, body, bench: this.#bench }) : new Form({ key, body, bench: this.#bench });
    this.open = form;
    this.#sit(form);
    this.#listen(form);
    this.#tell("shown");
    return form;
  }

  #sit(form) {
    const card = form.id && this.#cards.get(form.id);
    this.#seat = document.createElement("li");
    this.#seat.className = "seat";
    this.#seat.append(form.element);
    this.#seat.dataset.place = String(form.spans[0]?.[0] ?? -1);
    if (form.spans.length) this.#seat.dataset.current = "";
    if (card) {
      card.hidden = true;
      card.after(this.#seat);
    } else this.#cards.insert(this.#seat);
  }

  #listen(form) {
    const on = (type, act) => form.addEventListener(type, act);
    on("changed", () => this.#keepNow(form));
    on("spans", () => this.#tell("moved"));
    on("resized", () => this.#tell("resized"));
    on("save", () => this.save());
    on("park", () => this.park({ leave: true }));
    on("discard", () => this.discard());
    on("leave", () => this.#leave());
    on("theirs", () => this.#takeTheirs(form));
    on("edit", () => this.#goOn(form));
  }

  #keepNow(form) {
    if (form.dirty && this.open === form) this.#keep.put(form.key, form.body);
  }

  // Closing

  /** Set the open form aside; one that nobody touched just goes. */
  park({ leave = false } = {}) {
    const form = this.open;
    if (!form) return;
    this.#close();
    if (form.dirty) this.entries.show(form.key, this.#keep.body(form.key) ?? form.body, form.body.conflict ? "conflict" : "unfinished");
    else this.#tabs.release(form.key);
    this.#tell("shown");
    if (leave) this.#leave(form);
  }

  /** Throw away: the open form, or one that was set aside. It can be undone. */
  discard(key = this.open?.key) {
    const form = this.open?.key === key ? this.open : null;
    const body = form ? form.body : this.#keep.body(key);
    const dirty = form ? form.dirty : true;
    if (form) this.#close();
    this.entries.remove(key);
    this.#queue.cancel(key);
    this.#keep.discard(key);
    this.#tabs.release(key);
    this.#tell("shown");
    if (dirty) this.dispatchEvent(new CustomEvent("discarded", { detail: body }));
    this.#leave(form);
  }

  #close() {
    const { id } = this.open;
    this.open = null;
    this.#seat.remove();
    const card = id && this.#cards.get(id);
    if (card) card.hidden = false;
  }

  #leave(form = null) {
    const cp = form?.spans.at(-1)?.[1] ?? null;
    this.dispatchEvent(new CustomEvent("leave", { detail: cp }));
  }

  // Saving

  /** Send the open form. The editor goes on at once; the entry says how it fares. */
  save() {
    const form = this.open;
    if (!form) return;
    if (form instanceof Conflict) return this.#saveBody(form, form.settled);
    form.show({});
    const { problems } = form;
    if (Object.keys(problems).length) return form.show(problems);
    const { body } = form;
    this.#saveBody(form, { ...body, attempted: body.attempted ?? body.values });
  }

  #saveBody(form, body) {
    this.#keep.put(form.key, { ...body, waiting: true });
    this.#close();
    this.#tell("shown");
    this.#leave(form);
    this.#send(form.key);
  }

  #send(key) {
    this.entries.show(key, this.#keep.body(key), "sending");
    this.#queue.set(key, () => this.#post(key)).then(
      (answer) => answer && this.#saved(key, answer),
      (trouble) => this.#refused(key, trouble),
    );
    this.#tell("resized");
  }

  async #post(key) {
    const { id, version, values, attempted } = this.#keep.body(key);
    const { server } = this.#bench;
    if (id) return this.#change(id, { version, values, key, attempted });
    const answer = await server.post("statements/", { key, values });
    return answer.status === 200 ? this.#comparedWith(answer, { key, values, attempted }) : answer;
  }

  /** Where an earlier try of this form had got through unheard, what is stored is still this editor's own: from there. */
  async #change(id, { version, values, key, attempted }) {
    const { server } = this.#bench;
    try {
      return await server.post(`statements/${id}/`, { version, values, key });
    } catch (trouble) {
      const current = trouble.data?.current;
      if (!current || !attempted || differences(attempted, current.values).length) throw trouble;
      return server.post(`statements/${id}/`, { version: current.version, values, key });
    }
  }

  /** An earlier try had got through, and its answer was lost: has the form been changed since? */
  async #comparedWith(answer, { key, values, attempted }) {
    const { server } = this.#bench;
    const current = await server.get(`statements/${answer.id}/`);
    if (!differences(values, current.values).length) return answer;
    const { id, version } = current;
    if (attempted && !differences(attempted, current.values).length) return server.post(`statements/${id}/`, { version, values, key });
    throw Object.assign(new Error("Saved already, and changed since."), { kind: "conflict", data: { current: { ...current, by: "An earlier saving" } } });
  }

  #saved(key, answer) {
    this.#keep.forget(key);
    this.#tabs.release(key);
    this.entries.remove(key);
    this.dispatchEvent(new CustomEvent("saved", { detail: answer }));
  }

  #refused(key, trouble) {
    const { waiting, ...body } = this.#keep.body(key);
    const { current } = trouble.data ?? {};
    if (current) body.conflict = { id: current.id, version: current.version, values: current.values, by: current.by, at: current.at };
    if (trouble.kind === "missing" && body.id) {
      this.dispatchEvent(new CustomEvent("gone", { detail: body.id }));
      delete body.id;
    }
    this.#keep.put(key, body);
    if (current?.card) this.#cards.put(current.card);
    const why = trouble.kind === "missing" ? "The statement was deleted meanwhile. Saving makes a new one." : trouble.message;
    this.entries.show(key, body, current ? "conflict" : "refused", current ? "" : why);
    if (this.open) this.#say("A form could not be saved: it is set aside, marked.");
    else this.#showRefused(key, current ? null : (trouble.data?.errors ?? {}), why);
  }

  async #showRefused(key, errors, why) {
    await this.resume(key);
    if (!errors || this.open?.key !== key) return;
    this.open.show(Object.keys(errors).length ? errors : { __all__: [why] });
  }

  // Two versions

  #takeTheirs(form) {
    const { id } = form;
    this.#close();
    this.#keep.discard(form.key);
    this.#tabs.release(form.key);
    this.dispatchEvent(new CustomEvent("discarded", { detail: form.body }));
    this.#tell("shown");
    const card = this.#cards.get(id);
    if (card) this.#cards.focus(card);
  }

  #goOn(form) {
    const body = form.settled;
    this.#keep.put(form.key, body);
    this.#close();
    this.#show(form.key, body);
    this.open.ready();
    this.open.focus();
  }

  // Entries

  #refreshEntries() {
    for (const key of this.entries.keys) {
      if (!["sending", "waiting"].includes(this.entries.state(key))) continue;
      this.entries.show(key, this.#keep.body(key), this.#queue.failing(key) ? "waiting" : "sending");
    }
  }

  /** Another tab of ours tells of one of its forms. */
  #told({ key, body }) {
    if (this.open?.key === key) return;
    this.#keep.follow(key, body);
    if (body) this.entries.show(key, body, "elsewhere");
    else this.entries.remove(key);
    this.#tell("resized");
  }

  #say(words) {
    this.dispatchEvent(new CustomEvent("said", { detail: words }));
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
  }
}
