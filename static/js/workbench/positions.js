/* The positions of a form: claim, stance, holder; mostly by single keys. The last row is always an empty one. */

import { Choice } from "./choice.js";
import { showProblem } from "./missing.js";
import { STANCES, ascribedWords, isOwn, stanceWords } from "./values.js";

const KEYS = { s: "supports", c: "conditional", n: "neutral", o: "opposes", d: "declined" };
STANCES.forEach((stance, index) => (KEYS[index + 1] = stance));

/** "changed" whenever a position is another, "save" for Enter in the empty claim, "wanted" (detail: {typed, row}) for a
 *  claim that is missing. `context()` gives the speaker and party that the form holds now. */
export class Positions extends EventTarget {
  #list;
  #row;
  #find;
  #parties;
  #mayAdd;
  #context;
  #rows = new Map(); // li → Row

  constructor({ list, row, find, parties, mayAdd, context }) {
    super();
    this.#list = list;
    this.#row = row;
    this.#find = find;
    this.#parties = parties;
    this.#mayAdd = mayAdd;
    this.#context = context;
  }

  get rows() {
    return [...this.#list.children].map((line) => this.#rows.get(line));
  }

  /** The rows that say anything at all. */
  get filled() {
    return this.rows.filter((row) => !row.isEmpty);
  }

  get values() {
    return this.filled.map((row) => row.value);
  }

  /** Values and what is typed besides, as `state` told them once. */
  set(states) {
    this.#list.replaceChildren();
    this.#rows.clear();
    for (const state of states) this.#add(state);
    this.#endWithEmpty();
    this.refresh();
  }

  get state() {
    return this.filled.map((row) => row.state);
  }

  /** The speaker or the party is another: holders that nobody touched follow, and the words about them. */
  refresh() {
    for (const row of this.rows) row.follow(this.#context());
  }

  /** To the first thing that is still to be said. */
  focus() {
    const row = this.rows.find((one) => !one.isComplete) ?? this.rows.at(-1);
    row.focusNext();
  }

  /** Problems by `<index>.<field>`, counted over the filled rows. */
  show(problems) {
    this.rows.forEach((row) => row.show([]));
    this.filled.forEach((row, index) => {
      const own = Object.entries(problems).filter(([name]) => name.startsWith(`${index}.`) || name === String(index));
      row.show(own.map(([name, lines]) => [name.split(".")[1], lines]));
    });
  }

  /** What keeps this from being saved, found without asking the server. */
  get problems() {
    const found = {};
    this.filled.forEach((row, index) => {
      for (const [field, words] of Object.entries(row.problems)) found[`${index}.${field}`] = [words];
    });
    return found;
  }

  #add(state = null) {
    const row = new Row(this.#row(), { find: this.#find, parties: this.#parties, mayAdd: this.#mayAdd });
    this.#rows.set(row.element, row);
    this.#list.append(row.element);
    if (state) row.set(state);
    row.follow(this.#context());
    row.addEventListener("changed", () => this.#changed());
    row.addEventListener("next", () => this.#next(row));
    row.addEventListener("save", () => this.dispatchEvent(new Event("save")));
    row.addEventListener("wanted", ({ detail }) => this.dispatchEvent(new CustomEvent("wanted", { detail: { typed: detail, row } })));
    row.addEventListener("removed", () => this.#remove(row));
    return row;
  }

  #changed() {
    this.#endWithEmpty();
    for (const row of this.rows) row.follow(this.#context());
    this.dispatchEvent(new Event("changed"));
  }

  #endWithEmpty() {
    if (!this.rows.length || !this.rows.at(-1).isEmpty) this.#add();
    this.rows.forEach((row, index) => row.name(index));
  }

  #next(row) {
    this.#endWithEmpty();
    const rows = this.rows;
    const next = rows.slice(rows.indexOf(row) + 1).find((one) => !one.isComplete) ?? rows.at(-1);
    next.focusNext();
  }

  #remove(row) {
    row.element.remove();
    this.#rows.delete(row.element);
    this.#changed();
    this.focus();
  }
}

class Row extends EventTarget {
  #parties;
  #holderTouched = false;
  #ruleAsked = false;
  #context = {};

  constructor(element, { find, parties, mayAdd }) {
    super();
    this.element = element;
    this.#parties = parties;
    this.choice = new Choice(this.#field("claim"), {
      nothing: mayAdd ? "No claim has these words." : "No claim has these words. Ask a chief for one that is missing.",
      find: (typed, signal) => find({ q: typed }, signal),
      show: ({ label, proposition, coding_rule }) => ({ name: label, detail: proposition, rule: [proposition, coding_rule].filter(Boolean).join("\n") }),
      invite: (typed) => (mayAdd ? `New claim “${typed}”…` : ""),
      eager: false,
    });
    this.#field("holder").append(...parties.map(({ id, name }) => new Option(name, id)));
    this.#listen();
  }

  // What it holds

  get claim() {
    return this.choice.value;
  }

  get stance() {
    return this.element.querySelector("[data-field=stance]:checked")?.value ?? "";
  }

  get holder() {
    const id = Number(this.#field("holder").value);
    const party = this.#parties.find((one) => one.id === id);
    return party ? { id: party.id, name: party.name } : null;
  }

  get isEmpty() {
    const typed = this.choice.typed || this.#field("condition").value || this.#field("rationale").value;
    return !this.claim && !this.stance && !typed.trim();
  }

  get isComplete() {
    return !this.isEmpty && !Object.keys(this.problems).length;
  }

  get problems() {
    const found = {};
    if (!this.claim) found.claim = this.choice.typed.trim() ? "Choose one of the list." : "Choose the claim.";
    if (!this.stance) found.stance = "Choose the stance.";
    if (this.stance === "conditional" && !this.#field("condition").value.trim()) found.condition = "Say on what condition.";
    if (!this.holder) found.holder = "Choose whose position it is.";
    return found;
  }

  get value() {
    const text = (name) => this.#field(name).value;
    return {
      claim: this.claim,
      holder: this.holder,
      stance: this.stance,
      strength: this.#field("strength").checked ? "strong" : "plain",
      condition: this.stance === "conditional" ? text("condition") : "",
      rationale: text("rationale"),
    };
  }

  /** The value, and what else is typed. */
  get state() {
    return { ...this.value, condition: this.#field("condition").value, typed: this.choice.typed, holder_touched: this.#holderTouched };
  }

  set({ claim, holder, stance, strength, condition = "", rationale = "", typed = "", holder_touched = true }) {
    this.choice.set(claim, typed);
    for (const box of this.#stances) box.checked = box.value === stance;
    this.#field("holder").value = holder?.id ?? "";
    this.#holderTouched = holder_touched;
    this.#field("strength").checked = strength === "strong";
    this.#field("condition").value = condition;
    this.#field("rationale").value = rationale;
    this.#draw();
  }

  // How it looks

  name(index) {
    const prefix = `positions.${index}.`;
    for (const field of this.element.querySelectorAll("[data-field]")) {
      const { field: name } = field.dataset;
      field.name = prefix + name;
      if (name === "stance" || name === "strength" || name === "holder") continue;
      field.id = `sheet-position-${index}-${name}`;
      field.closest(".line").querySelector("label").htmlFor = field.id;
    }
    this.element.dataset.index = index;
    this.element.querySelector("[data-do=remove-position]").setAttribute("aria-label", `Remove position ${index + 1}`);
    this.#field("claim").setAttribute("aria-label", index ? `Claim ${index + 1}` : "Claim");
  }

  /** The holder is the speaker's party unless somebody said otherwise. */
  follow(context) {
    this.#context = context;
    if (!this.#holderTouched) this.#field("holder").value = context.party?.id ?? "";
    this.#draw();
  }

  #draw() {
    const { claim, stance, holder } = this;
    this.element.dataset.stance = stance;
    this.element.querySelector(".reading").hidden = this.isEmpty;
    for (const box of this.#stances) {
      const words = stanceWords(box.value, claim?.kind);
      box.parentElement.querySelector("span").textContent = words;
      box.setAttribute("aria-label", words);
    }
    this.element.querySelector(".condition").hidden = stance !== "conditional";
    if (this.#field("rationale").value) this.#openWhy();
    this.#tellClaim(claim);
    this.#tellHolder(holder);
  }

  #tellClaim(claim) {
    const told = this.element.querySelector(".claim-told");
    const lines = [claim?.proposition, claim?.coding_rule].filter(Boolean);
    told.hidden = !lines.length || (Boolean(this.stance) && !this.#ruleAsked); // read while choosing, then out of the way
    const rule = this.element.querySelector("[data-do=rule]");
    rule.hidden = !lines.length || !this.stance;
    rule.setAttribute("aria-expanded", String(!told.hidden));
    told.replaceChildren(...lines.map((words, index) => Object.assign(document.createElement("p"), { textContent: words, className: index ? "rule" : "proposition", dir: "auto" })));
  }

  #tellHolder(holder) {
    const ascribed = this.element.querySelector(".ascribed");
    const { speaker, party } = this.#context;
    ascribed.hidden = !holder || !this.claim || !speaker || isOwn(holder, party, this.#parties);
    ascribed.textContent = ascribed.hidden ? "" : ascribedWords({ speaker, party }, holder);
  }

  /** [[field, lines]]: what is about no field of its own stands at the claim. */
  show(problems) {
    const places = [...this.element.querySelectorAll("[data-problem-of]")];
    const lines = Object.fromEntries(places.map(({ dataset }) => [dataset.problemOf, []]));
    for (const [field, told] of problems) (lines[field] ?? lines.claim).push(...told);
    for (const place of places) showProblem(place, lines[place.dataset.problemOf]);
  }

  // What it does

  focusNext() {
    if (!this.claim) return this.#field("claim").focus();
    if (!this.stance) return this.#focusStance();
    const field = this.problems.condition ? "condition" : this.problems.holder ? "holder" : "claim";
    this.#field(field).focus();
  }

  #focusStance() {
    (this.#stances.find((box) => box.checked) ?? this.#stances[0]).focus();
  }

  #listen() {
    this.choice.addEventListener("chosen", ({ detail }) => this.#chosen(detail));
    this.choice.addEventListener("typed", () => this.#changed());
    this.choice.addEventListener("wanted", ({ detail }) => this.#tell("wanted", detail));
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("click", (event) => this.#click(event));
    this.element.addEventListener("change", (event) => this.#edited(event));
    this.element.addEventListener("input", (event) => event.target.matches("textarea") && this.#changed());
  }

  #chosen({ stay }) {
    this.#changed();
    if (!stay) this.focusNext();
  }

  #edited({ target }) {
    if (target.dataset.field === "holder") this.#holderTouched = true;
    if (target.matches("select, input[type=radio], input[type=checkbox]")) this.#changed();
  }

  #click(event) {
    if (event.target.closest("[data-do=why]")) this.#openWhy({ focus: true });
    else if (event.target.closest("[data-do=rule]")) this.#turnRule();
    else if (event.target.closest("[data-do=remove-position]")) this.#tell("removed");
    else if (event.target.closest(".stance") && !event.target.matches("input")) this.#pointed(event);
  }

  /** A stance by mouse or finger: as good as its key. (The arrow keys only look around.) */
  #pointed(event) {
    event.preventDefault(); // the label would draw the focus back
    this.#take(event.target.closest(".stance").dataset.stance);
  }

  #key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.dataset.field === "stance") return this.#stanceKey(event);
    if (event.key !== "Enter" || event.shiftKey || event.target.matches("button")) return;
    event.preventDefault();
    if (event.target === this.#field("claim") && this.isEmpty) return event.repeat || this.#tell("save");
    if (event.target === this.#field("claim")) return this.focusNext();
    this.#tell("next");
  }

  #stanceKey(event) {
    const stance = KEYS[event.key.toLowerCase()];
    const last = event.shiftKey && !event.getModifierState("CapsLock"); // that stance, and save
    const acts = { h: () => this.#field("holder").focus(), "!": () => this.#turnStrong(), Enter: () => this.stance && this.#tell("next") };
    const act = stance ? () => this.#take(stance, { last }) : acts[event.key];
    if (!act) return;
    event.preventDefault();
    if (!event.repeat) act();
  }

  #take(stance, { last = false } = {}) {
    for (const box of this.#stances) box.checked = box.value === stance;
    this.#changed();
    if (this.problems.condition) this.#field("condition").focus();
    else if (this.problems.holder) this.#field("holder").focus();
    else this.#tell(last ? "save" : "next");
  }

  #turnStrong() {
    this.#field("strength").checked = !this.#field("strength").checked;
    this.#changed();
  }

  #turnRule() {
    this.#ruleAsked = !this.#ruleAsked;
    this.#draw();
  }

  #openWhy({ focus = false } = {}) {
    this.element.querySelector(".rationale").hidden = false;
    this.element.querySelector("[data-do=why]").setAttribute("aria-expanded", "true");
    if (focus) this.#field("rationale").focus();
  }

  #changed() {
    this.#draw();
    this.#tell("changed");
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  get #stances() {
    return [...this.element.querySelectorAll("[data-field=stance]")];
  }

  #field(name) {
    return this.element.querySelector(`[data-field=${name}]`);
  }
}
