/* The form of one statement: what it holds, what the editor has touched, what can be known without asking them. */

import { Choice } from "./choice.js";
import { Missing, showProblem } from "./missing.js";
import { Passages } from "./passages.js";
import { Positions } from "./positions.js";
import { Relays } from "./relays.js";
import { PLAIN, firstDay, spokeWords } from "./values.js";

const FROM_WORDS = ["kind", "cue", "speaker_as_named", "said_on", "language"]; // what reading/ can tell, besides the speaker

const ELSEWHERE = "This text does not have these words, or has them more than once: it is newer. Select them anew, and choose Replace.";

const IS_MAC = /Mac|iP(hone|ad)/.test(navigator.platform);

/** A body is {values, touched, rows, typed, missing, more, id, version, base}: all of the form, to keep and show again.
 *  Events: "changed" (keep it), "spans" (paint it), "save", "park", "discard", "leave" (Escape: the text, please). */
export class Form extends EventTarget {
  #bench;
  #body;
  #touched;
  #missing = null;
  #reading = null;
  #guessed; // the speaker that the words told
  dirty;

  constructor({ key, body, bench }) {
    super();
    this.key = key;
    this.#bench = bench;
    this.#body = body;
    this.#touched = new Set(body.touched);
    this.dirty = Boolean(body.at);
    this.element = bench.template.content.querySelector("form").cloneNode(true);
    this.#build();
    this.#fill(body);
    this.#listen();
  }

  get id() {
    return this.#body.id ?? null;
  }

  get spans() {
    return this.passages.spans;
  }

  /** All that it holds now. */
  get body() {
    const { waiting, attempted, ...body } = this.#body;
    return {
      ...body,
      values: this.values,
      touched: [...this.#touched],
      rows: this.positions.state,
      typed: { speaker: this.speaker.typed, via: this.relays.choice.typed },
      missing: this.#missing && { what: this.#missing.what, row: this.#missing.row, given: this.#missing.given },
      more: this.#part("details.more").open,
      ...(attempted && { attempted }),
    };
  }

  get values() {
    const plain = Object.fromEntries(PLAIN.map((name) => [name, this.#get(name)]));
    return {
      ...plain,
      said_on: firstDay(plain.said_on, plain.said_on_precision),
      spans: this.passages.spans,
      exacts: this.passages.exacts,
      speaker: this.speaker.value,
      party: this.#party,
      positions: this.positions.values,
      via: this.relays.value,
    };
  }

  // Building

  #build() {
    if (IS_MAC) this.#part(".sheet-save kbd").textContent = "⌘ ⏎";
    const { words, lookUps, parties, may } = this.#bench;
    const say = (told) => (this.#part("[data-say]").textContent = told);
    this.speaker = new Choice(this.#field("speaker"), {
      find: (typed, signal) => lookUps.speakers.find({ q: typed, on: this.#day }, signal),
      show: ({ name, detail }) => ({ name, detail }),
      invite: (typed) => (may.has("speaker") ? `New speaker “${typed}”…` : ""),
      eager: false, // a quick Enter takes nobody who was neither named nor typed
    });
    this.passages = new Passages({ list: this.#part(".passages"), row: () => this.#copy("passage"), words, say });
    this.positions = new Positions({
      list: this.#part(".positions-list"),
      row: () => this.#copy("position"),
      find: (query, signal) => lookUps.claims.find(query, signal),
      parties,
      mayAdd: may.has("claim"),
      context: () => ({ speaker: this.speaker.value, party: this.#party }),
    });
    this.relays = new Relays({
      list: this.#part(".relays"),
      row: () => this.#copy("relay"),
      input: this.#field("via"),
      find: (query, signal) => lookUps.relays.find(query, signal),
    });
    this.#field("party").append(...parties.map(({ id, name }) => new Option(name, id)));
  }

  #fill({ values, rows, typed = {}, missing, more }) {
    for (const name of PLAIN) this.#set(name, values[name] ?? "");
    this.#field("party").value = values.party?.id ?? "";
    this.speaker.set(values.speaker, typed.speaker);
    this.relays.set(values.via ?? [], typed.via);
    this.passages.set(values.spans, values.exacts);
    if (!this.spans.length) this.tell(ELSEWHERE);
    this.positions.set(rows ?? values.positions);
    this.#part("details.more").open = Boolean(more);
    this.#part(".sheet-title").textContent = this.id ? "Edit the statement" : "New statement";
    this.element.dataset.key = this.key;
    if (this.id) this.element.dataset.id = this.id;
    this.#placed();
    this.#tellSpoke();
    if (missing) this.#restoreMissing(missing);
  }

  #listen() {
    this.element.addEventListener("submit", (event) => (event.preventDefault(), this.#tell("save")));
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("click", (event) => this.#click(event));
    for (const kind of ["input", "change"]) this.element.addEventListener(kind, (event) => this.#edited(event));
    this.#part("details.more").addEventListener("toggle", () => this.#tell("resized"));
    this.speaker.addEventListener("chosen", ({ detail }) => this.#chosen(detail));
    this.speaker.addEventListener("typed", () => this.#touch("speaker"));
    this.speaker.addEventListener("wanted", ({ detail }) => this.#want("speaker", { name: detail }));
    this.positions.addEventListener("changed", () => this.#touch("positions"));
    this.positions.addEventListener("save", () => this.#tell("save"));
    this.positions.addEventListener("wanted", ({ detail }) => this.#wantClaim(detail));
    this.relays.addEventListener("changed", () => this.#touch("via"));
    this.passages.addEventListener("changed", () => this.#moved());
  }

  // Words

  #moved() {
    this.tell("");
    this.#placed();
    this.#touch("spans");
    this.#tell("spans");
    if (!this.id) this.read();
  }

  #placed() {
    this.element.dataset.spans = JSON.stringify(this.spans);
  }

  /** Fill in what can be known from the words; what the editor has touched stays. */
  async read() {
    this.#reading?.abort();
    const reading = (this.#reading = new AbortController());
    delete this.element.dataset.ready;
    try {
      const spans = this.spans.map((span) => span.join("-")).join(",");
      const known = await this.#bench.server.get("reading/", { spans }, { signal: reading.signal });
      this.#know(known);
    } catch (error) {
      if (reading.signal.aborted) return;
      this.tell(error.passing ? "No connection: nothing could be read from the words." : error.message);
    }
    this.ready();
  }

  /** Tests and the curious: it holds all that it will hold by itself. */
  ready() {
    this.element.dataset.ready = "";
  }

  #know(known) {
    this.#guessed = known.speaker?.id;
    for (const name of FROM_WORDS) if (known[name] && !this.#touched.has(name)) this.#set(name, known[name]);
    const waits = document.activeElement === this.#field("speaker") && !this.speaker.typed;
    if (known.speaker && !this.#touched.has("speaker")) {
      this.speaker.set(known.speaker);
      this.#takeAffiliation(known);
      if (waits && known.sure !== false) this.positions.focus();
      else if (waits) this.#field("speaker").select();
    }
    this.#part("[data-tell=why]").textContent = this.#touched.has("speaker") ? "" : (known.why ?? "");
    this.tell("");
    this.#follow();
  }

  // Who, for whom, when

  get #party() {
    const id = Number(this.#field("party").value);
    const party = this.#bench.parties.find((one) => one.id === id);
    return party ? { id: party.id, name: party.name } : null;
  }

  get #day() {
    return firstDay(this.#get("said_on"), this.#get("said_on_precision"));
  }

  #chosen({ stay }) {
    this.#touched.add("speaker");
    const { value } = this.speaker;
    if (value) this.#takeAffiliation(value);
    if (value && this.#guessed && value.id !== this.#guessed && !this.#touched.has("speaker_as_named")) this.#set("speaker_as_named", "");
    if (!stay) this.positions.focus();
    this.#part("[data-tell=why]").textContent = "";
    this.#follow();
    this.#touch("speaker");
  }

  #takeAffiliation({ party, role }) {
    if (!this.#touched.has("party")) this.#field("party").value = party?.id ?? "";
    if (!this.#touched.has("role")) this.#set("role", role ?? "");
  }

  /** The day is another: for whom did the speaker speak then? */
  async #askAffiliation() {
    const speaker = this.speaker.value;
    if (!speaker || !this.#day) return;
    try {
      const [option] = await this.#bench.lookUps.speakers.find({ id: speaker.id, on: this.#day });
      if (!option || this.speaker.value?.id !== speaker.id) return;
      this.#takeAffiliation(option);
      this.#follow();
      this.#tell("changed");
    } catch {
      this.tell("No connection: check whom the speaker spoke for on that day.");
    }
  }

  #follow() {
    this.#tellSpoke();
    this.positions.refresh();
  }

  #tellSpoke() {
    this.#part("[data-tell=spoke]").textContent = spokeWords(this.values);
  }

  // What the editor does

  #edited({ target }) {
    const name = target.name?.split(".")[0];
    if (!name || name === "speaker" || name === "positions" || name === "via") return;
    this.#touch(name);
    if (name === "said_on" || name === "said_on_precision") this.#askAffiliation();
    this.#follow();
  }

  #touch(name) {
    this.#touched.add(name);
    this.dirty = true;
    this.#tell("changed");
  }

  #key(event) {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#act(event, "save");
    else if (event.key === "Escape") this.#act(event, this.dirty ? "leave" : "discard");
    else if (event.key === "Enter" && event.target.matches("input, select")) {
      event.preventDefault();
      this.positions.focus();
    }
  }

  #act(event, what) {
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) this.#tell(what);
  }

  #click({ target }) {
    const does = target.closest("[data-do]")?.dataset.do;
    if (does === "discard" || does === "park") this.#tell(does);
  }

  focus() {
    if (this.#missing) this.#missing.focus();
    else if (this.speaker.value) this.positions.focus();
    else this.#field("speaker").focus();
  }

  // What is missing, made in place

  #wantClaim({ typed, row }) {
    this.#want("claim", { label: typed }, this.positions.rows.indexOf(row));
  }

  #want(what, given, row = null) {
    this.#missing?.close();
    const choice = row === null ? this.speaker : this.positions.rows[row]?.choice;
    if (!choice) return;
    const field = row === null ? this.#part("[data-line=speaker]") : this.positions.rows[row].element.querySelector(".line");
    const { server, lookUps } = this.#bench;
    const path = what === "speaker" ? "speakers/" : "claims/";
    const post = (told) => server.post(path, told);
    const missing = (this.#missing = new Missing({ fieldset: this.#newFieldset(what), field, post, given }));
    missing.row = row;
    missing.addEventListener("changed", () => this.#tell("changed"));
    missing.addEventListener("closed", () => this.#missingClosed(field));
    missing.addEventListener("added", ({ detail }) => {
      for (const lookUp of Object.values(lookUps)) lookUp.forget();
      choice.choose(detail);
    });
    missing.focus();
    this.#touch("missing");
  }

  #restoreMissing({ what, row, given }) {
    this.#want(what, given, row);
  }

  #missingClosed(field) {
    this.#missing = null;
    field.querySelector("input").focus();
    this.#tell("changed");
  }

  #newFieldset(what) {
    const { parties, topics, may } = this.#bench;
    const fieldset = this.#copy(`new-${what}`);
    for (const place of fieldset.querySelectorAll("[data-may]")) place.hidden = !may.has(place.dataset.may);
    fieldset.querySelector('[name="new.party"]')?.append(...parties.map(({ id, name }) => new Option(name, id)));
    fieldset.querySelector('[name="new.topic"]')?.append(...topics.map(({ id, title }) => new Option(title, id)));
    return fieldset;
  }

  // Problems

  /** What keeps it from being saved, found without asking the server. */
  get problems() {
    const found = {};
    if (!this.id && !this.spans.length) found.spans = ["Select the words anew, and choose Replace."];
    if (!this.speaker.value) found.speaker = [this.speaker.typed.trim() ? "Choose one of the list." : "Choose who said it."];
    if (!this.#get("kind")) found.kind = ["Choose how it is told."];
    if (!this.#get("said_on")) found.said_on = ["Say when it was said."];
    if (this.#missing) found.__all__ = [`Add the ${this.#missing.what} first, or cancel that.`];
    for (const [name, lines] of Object.entries(this.positions.problems)) found[`positions.${name}`] = lines;
    return found;
  }

  /** Write each problem beside its field and go to the first. An empty object clears them. */
  show(problems) {
    const ofPositions = Object.entries(problems).filter(([name]) => /^positions\.\d/.test(name));
    this.positions.show(Object.fromEntries(ofPositions.map(([name, lines]) => [name.slice("positions.".length), lines])));
    const places = [...this.element.querySelectorAll("[data-problem]")];
    const lines = Object.fromEntries(places.map(({ dataset }) => [dataset.problem, []]));
    for (const [name, told] of Object.entries(problems)) {
      if (!/^positions\.\d/.test(name)) (lines[name.split(".")[0]] ?? lines.__all__).push(...told);
    }
    for (const place of places) showProblem(place, lines[place.dataset.problem]);
    const first = this.element.querySelector("[aria-invalid=true]");
    if (first?.closest("details")) first.closest("details").open = true;
    first?.focus();
    this.#tell("resized");
  }

  /** One line at the head of the form. */
  tell(words) {
    this.#part(".sheet-told").textContent = words;
    this.#part(".sheet-told").hidden = !words;
  }

  // Parts

  #get(name) {
    return name === "kind" ? (this.element.querySelector("[name=kind]:checked")?.value ?? "") : this.#field(name).value;
  }

  #set(name, value) {
    if (name !== "kind") this.#field(name).value = value;
    else for (const box of this.element.querySelectorAll("[name=kind]")) box.checked = box.value === value;
  }

  #field(name) {
    return this.element.querySelector(`[name="${name}"]`);
  }

  #part(selector) {
    return this.element.querySelector(selector);
  }

  #copy(name) {
    return this.element.querySelector(`template[data-part="${name}"]`).content.firstElementChild.cloneNode(true);
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
  }
}
