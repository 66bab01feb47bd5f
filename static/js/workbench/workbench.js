/* The annotation workbench: builds the parts and tells each what the others have to say. */

import { Cards } from "./cards.js";
import { Caret } from "./caret.js";
import { LookUp } from "./choice.js";
import { Company } from "./company.js";
import { Entries } from "./entries.js";
import { Forms } from "./forms.js";
import { Handles } from "./handles.js";
import { Keep, newKey } from "./keep.js";
import { Keys } from "./keys.js";
import { Paint } from "./paint.js";
import { Pulse } from "./pulse.js";
import { Queue } from "./queue.js";
import { arrange } from "./rail.js";
import { Server } from "./server.js";
import { Sight } from "./sight.js";
import { Status, savedWords } from "./status.js";
import { Tabs } from "./tabs.js";
import { Words } from "./text.js";
import { Toolbar } from "./toolbar.js";
import { Undo } from "./undo.js";
import { shorten } from "./values.js";

class Workbench {
  constructor(root) {
    this.root = root;
    const { base, token, user, source } = root.dataset;
    this.prefix = `parley:${user}:${source}`;
    this.text = root.querySelector("#text");
    this.rail = root.querySelector("#rail");
    this.list = root.querySelector("#cards");
    this.status = new Status(root);
    this.server = new Server({ base, token, user });
    this.queue = new Queue(this.server);
    this.tabs = new Tabs(this.prefix);
    this.keep = new Keep({ server: this.server, queue: this.queue, tabs: this.tabs, prefix: this.prefix });
    this.#buildText(root.querySelector("#overlay"));
    this.#buildForms();
    this.#buildUndo();
    this.#buildPulse();
    this.#buildKeys();
    this.#listen();
  }

  async start() {
    this.cards.repaint();
    this.showSaved();
    await this.forms.restore(this.keep.restore(read("kept")));
    this.#goTo(new URLSearchParams(location.search).get("statement"));
    this.pulse.start();
    this.root.dataset.ready = "";
  }

  // The parts

  #buildText(overlay) {
    this.words = new Words(this.text);
    this.paint = new Paint(this.words);
    this.caret = new Caret(this.words, overlay);
    this.handles = new Handles(this.words, overlay, (index, end, cp) => this.forms.open?.passages?.move(index, end, cp));
    this.sight = new Sight(this.root, this.words);
    this.toolbar = new Toolbar({ overlay, words: this.words });
    this.cards = new Cards({ list: this.list, paint: this.paint, arrange: () => this.arrange() });
    if (!Paint.works) this.status.notice("paint", "This browser cannot paint the passages into the text. The statements on the right have them all.");
  }

  #buildForms() {
    const { language, publishedOn, may, userName } = this.root.dataset;
    const bench = {
      words: this.words,
      server: this.server,
      template: document.getElementById("form-template"),
      lookUps: Object.fromEntries(["speakers", "claims", "relays"].map((name) => [name, new LookUp(this.server, `${name}/`)])),
      parties: read("parties"),
      topics: read("topics"),
      may: new Set(may.split(" ")),
      published: publishedOn,
      language,
      userName,
    };
    this.bench = bench;
    this.forms = new Forms({ bench, keep: this.keep, queue: this.queue, tabs: this.tabs, cards: this.cards });
    this.forms.entries = new Entries({ cards: this.cards, list: this.list, open: (key) => this.forms.resume(key), discard: (key) => this.forms.discard(key) });
  }

  #buildUndo() {
    const buttons = { undo: this.root.querySelector("#undo"), redo: this.root.querySelector("#redo") };
    this.undo = new Undo({
      server: this.server,
      name: this.prefix,
      buttons,
      reopen: (body) => this.forms.reopen(body),
      done: ({ id, card }) => this.#undone(id, card),
      say: (words, options) => this.status.say(words, options),
      isSaving: () => this.forms.waiting > 0,
    });
  }

  #buildPulse() {
    const known = () => Object.fromEntries(this.cards.all.map(({ dataset }) => [dataset.id, Number(dataset.version)]));
    this.pulse = new Pulse({ server: this.server, mark: this.root.dataset.mark, tab: newKey(), known, editing: () => this.forms.open?.id ?? null });
    new Company({ root: this.root, pulse: this.pulse, cards: this.cards, sight: this.sight, status: this.status });
  }

  #buildKeys() {
    const acts = {
      undo: () => this.undo.undo(),
      redo: () => this.undo.redo(),
      save: () => this.forms.save(),
      next: (target) => this.#step(1, target),
      previous: (target) => this.#step(-1, target),
      edit: (card) => this.#does("edit", card),
      remove: (target) => this.#does("delete", target.closest(".card")),
      submit: (target) => this.#does("submit", target.closest(".card")),
      form: () => this.#toForm(),
      text: () => this.#toText(),
      leave: (target) => this.#escape(target),
      add: () => this.#withSelection("add"),
      replace: () => this.#withSelection("replace"),
      fresh: () => this.#withSelection("fresh"),
      keys: () => this.keys.show(),
    };
    const dialog = document.getElementById("keys");
    this.keys = new Keys({ acts, dialog, onSwitch: (on) => (this.caret.letters = on) });
  }

  #listen() {
    const { text, forms, keep, server, queue, list } = this;
    text.addEventListener("words:selected", ({ detail }) => this.#selected(detail));
    text.addEventListener("words:cleared", () => this.toolbar.hide());
    text.addEventListener("words:clicked", ({ detail }) => this.#clicked(detail));
    forms.addEventListener("shown", () => this.#formShown());
    forms.addEventListener("moved", () => this.#formMoved());
    forms.addEventListener("resized", () => this.arrange());
    forms.addEventListener("saved", ({ detail }) => this.#saved(detail));
    forms.addEventListener("discarded", ({ detail }) => this.#discarded(detail));
    forms.addEventListener("gone", ({ detail }) => this.#gone([detail]));
    forms.addEventListener("leave", ({ detail }) => this.#toText(detail));
    forms.addEventListener("said", ({ detail }) => this.status.say(detail));
    for (const part of [keep, queue]) part.addEventListener("change", () => this.showSaved());
    server.addEventListener("state", () => this.#serverChanged());
    list.addEventListener("click", (event) => this.#cardClicked(event));
    list.addEventListener("focusin", ({ target }) => this.cards.activate(target.closest(".card[data-id]") ?? this.cards.active));
    list.addEventListener("choice:room", ({ detail }) => forms.open && this.sight.room(detail, forms.open));
    this.root.querySelector("#submit-all").addEventListener("click", () => this.#submitAll());
    this.root.querySelector("#show-keys").addEventListener("click", () => this.keys.show());
    addEventListener("beforeunload", (event) => this.#parting(event));
  }

  arrange() {
    arrange(this.words, this.rail);
  }

  repaint() {
    this.cards.repaint();
  }

  // Words

  #selected({ span, by, final }) {
    if (!final) return;
    if (!this.forms.open && by !== "touch") return this.forms.start(span);
    const offers = this.#offers(span);
    this.toolbar.offer(span, offers, { touch: by === "touch" });
    if (by === "keyboard") this.status.whisper(offers.map(({ label, key }) => `${label}: ${key}`).join(", "));
  }

  #offers(span) {
    const form = this.forms.open;
    const fresh = { label: form ? "New statement" : "Annotate", key: form ? "n" : "", act: () => this.forms.start(span) };
    if (!form?.passages) return [fresh];
    const change = (how) => () => (form.passages[how](span), form.focus());
    return [{ label: "Add as passage", key: "a", act: change("add") }, { label: "Replace", key: "r", act: change("replace") }, fresh];
  }

  /** The same by a key, while the text has the focus. */
  #withSelection(how) {
    const { span } = this.caret;
    const { open } = this.forms;
    if (!span) return this.status.whisper("Nothing is selected.");
    this.toolbar.hide();
    if (how === "fresh" || !open?.passages) return this.forms.start(span);
    open.passages[how](span);
    open.focus();
  }

  #clicked({ cp, ids }) {
    const cards = ids.map((id) => this.cards.get(id)).filter((card) => card && !card.hidden);
    if (cards.length === 1) return this.cards.focus(cards[0]);
    const actions = cards.map((card) => ({
      label: card.querySelector(".card-speaker").textContent,
      detail: shorten(card.querySelector(".card-open").textContent, 60),
      act: () => this.cards.focus(card),
    }));
    if (actions.length) this.toolbar.choose(cp, actions, () => this.#toText(cp));
  }

  #toText(cp = null) {
    this.toolbar.hide();
    this.caret.place(cp ?? this.caret.cp);
  }

  #escape(target) {
    if (this.toolbar.isOpen) this.toolbar.hide();
    else if (!target.closest("#text")) this.#toText();
  }

  // Forms

  #formShown() {
    this.toolbar.hide();
    this.root.classList.toggle("has-form", Boolean(this.forms.open));
    this.#formMoved();
    if (this.forms.open) this.sight.form(this.forms.open);
    this.showSaved();
  }

  #formMoved() {
    const spans = this.forms.open?.spans ?? null;
    this.paint.form(spans);
    this.handles.show(this.forms.open?.passages ? spans : null);
    this.arrange();
  }

  #toForm() {
    if (this.forms.open) return this.forms.open.focus();
    const key = this.forms.entries.keys.findLast((one) => this.forms.entries.state(one) !== "elsewhere");
    if (key) this.forms.resume(key);
    else this.status.whisper("No form is open.");
  }

  #saved({ id, card, undo }) {
    const put = this.#put(card);
    if (undo) this.undo.did({ token: undo, id });
    for (const lookUp of [this.bench.lookUps.speakers, this.bench.lookUps.claims]) lookUp.forget();
    this.status.say(`Saved: ${shorten(put.querySelector(".card-speaker").textContent, 40)}.`);
    this.showSaved();
  }

  #discarded(body) {
    this.undo.did({ body });
    this.status.say("The form is discarded.", { undo: () => this.undo.undo() });
  }

  // Statements

  #put(html) {
    const card = this.cards.put(html);
    this.cards.repaint();
    return card;
  }

  #step(way, target) {
    const from = target.closest?.(".card, .seat");
    const card = this.cards.step(way, from, this.caret.cp);
    if (card) this.cards.focus(card);
    else this.status.whisper(way > 0 ? "No statement after this." : "No statement before this.");
  }

  #cardClicked({ target }) {
    const card = target.closest(".card[data-id]");
    const does = target.closest("[data-does]")?.dataset.does;
    if (card && does) this.#does(does, card);
    else if (card && target.closest(".card-open")) this.#showWords(card);
  }

  /** `?statement=…`: a link to one statement in its text. */
  #goTo(id) {
    const card = id && this.cards.get(id);
    if (!card) return;
    this.#showWords(card);
    this.cards.focus(card);
  }

  #showWords(card) {
    this.cards.activate(card);
    const [span] = "current" in card.dataset ? JSON.parse(card.dataset.spans) : [];
    if (span) this.sight.passage(span);
  }

  #does(what, card) {
    if (!card?.dataset.id || what === "desk") return;
    const may = what === "delete" ? "deletable" : "editable";
    if (!(may in card.dataset)) return this.status.say(REFUSALS[what]);
    if (what === "edit") this.forms.edit(card.dataset.id);
    else this.#move(what, card);
  }

  async #move(what, card) {
    const { id, version } = card.dataset;
    try {
      const answer = await this.server.post(`statements/${id}/${what}/`, { version: Number(version) });
      if (answer.card) this.#put(answer.card);
      else this.#gone([id]);
      if (answer.undo) this.undo.did({ token: answer.undo, id });
      this.status.say(answer.said, answer.undo ? { undo: () => this.undo.undo() } : {});
    } catch (trouble) {
      if (trouble.data?.current?.card) this.#put(trouble.data.current.card);
      if (trouble.kind === "missing") this.#gone([id]);
      this.status.say(trouble.passing ? "No connection: nothing was changed." : trouble.message);
    }
  }

  #gone(ids) {
    for (const id of ids) this.cards.remove(id);
    this.cards.repaint();
  }

  #undone(id, html) {
    if (!html) return this.#gone([id]);
    this.cards.focus(this.#put(html));
  }

  async #submitAll() {
    try {
      const { cards, refused, said } = await this.server.post("submit/");
      for (const html of Object.values(cards)) this.cards.put(html);
      this.cards.repaint();
      this.status.say([said, ...refused.map(({ why }) => why)].join(" "));
    } catch (trouble) {
      this.status.say(trouble.passing ? "No connection: nothing was submitted." : trouble.message);
    }
  }

  // What is saved

  showSaved() {
    this.status.show(...savedWords({ keep: this.keep, server: this.server, waiting: this.forms.waiting }));
    if (this.keep.full) this.status.notice("full", "This browser keeps nothing (a private window, or its storage is full). Forms are kept on the server alone.");
    else this.status.clear("full");
  }

  #serverChanged() {
    const { state, stranger } = this.server;
    const isStranger = state === "stranger";
    this.#hide(isStranger);
    for (const name of ["out", "stranger"]) if (state !== name) this.status.clear(name);
    if (state === "out") this.status.notice("out", "You are logged out. Nothing is lost: forms are kept here and sent as soon as you are logged in again.", { "Log in again (new tab)": "/admin/login/?next=/admin/" });
    if (isStranger) this.status.notice("stranger", `You are now logged in as ${stranger}. This page belongs to ${this.root.dataset.userName}: nothing of it is shown or sent until they log in again.`, { "Load the page anew": () => location.reload() });
    this.showSaved();
  }

  /** Of one person's page another sees nothing; who comes back goes on where they were. */
  #hide(hidden) {
    const columns = document.getElementById("columns");
    if (columns.hidden === hidden) return;
    if (hidden) this.held = columns.contains(document.activeElement) ? document.activeElement : null;
    columns.hidden = hidden;
    if (!hidden) this.held?.focus();
    this.arrange();
  }

  #parting(event) {
    const lost = this.keep.stuck.length || (this.keep.full && this.keep.unsent.length);
    if (lost) event.preventDefault();
  }
}

const REFUSALS = {
  edit: "Only your own drafts and returns can be changed here.",
  delete: "Only your own drafts can be deleted.",
  submit: "Only your own drafts and returns can be submitted.",
};


function read(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

const root = document.getElementById("workbench");
if (root?.querySelector("#text")) new Workbench(root).start();
