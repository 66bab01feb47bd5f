/* A speaker or a claim that is missing, made in place: a small fieldset within the form. */

/** Shows the fieldset of `part` after `field`. "added" (detail: the option) once the server has it, "changed" as it is
 *  filled in, "closed" when it goes either way. */
export class Missing extends EventTarget {
  #fieldset;
  #post;
  #isTyped; // more than it was opened with: Escape leaves it standing

  constructor({ fieldset, field, post, given }) {
    super();
    this.#fieldset = fieldset;
    this.#post = post;
    this.set(given);
    this.#isTyped = Object.keys(given).length > 1;
    field.after(fieldset);
    fieldset.addEventListener("keydown", (event) => this.#key(event));
    fieldset.addEventListener("click", (event) => this.#click(event));
    for (const kind of ["input", "change"]) fieldset.addEventListener(kind, (event) => this.#changed(event));
  }

  get what() {
    return this.#fieldset.dataset.missing;
  }

  /** What is filled in so far, by name. */
  get given() {
    return Object.fromEntries(this.#fields.map((field) => [nameOf(field), field.value]));
  }

  set(given) {
    for (const field of this.#fields) if (given[nameOf(field)] != null) field.value = given[nameOf(field)];
  }

  /** To the first field that is still empty. */
  focus() {
    (this.#fields.find((field) => !field.value) ?? this.#fields[0]).focus();
  }

  close() {
    this.#fieldset.remove();
    this.dispatchEvent(new Event("closed"));
  }

  get #fields() {
    return [...this.#fieldset.querySelectorAll("input, select, textarea")].filter((field) => !field.closest("[hidden]"));
  }

  #key(event) {
    if (event.isComposing) return;
    const finish = event.key === "Enter" && (event.ctrlKey || event.metaKey || event.target.matches("input, select"));
    if (!finish && (event.key !== "Escape" || this.#isTyped)) return;
    event.preventDefault();
    event.stopPropagation();
    if (finish) this.#add();
    else this.close();
  }

  #click(event) {
    if (event.target.closest("[data-do=add]")) this.#add();
    else if (event.target.closest("[data-do=cancel]")) this.close();
  }

  #changed(event) {
    event.stopPropagation(); // these are no fields of the statement
    this.#isTyped = true;
    this.dispatchEvent(new Event("changed"));
  }

  async #add() {
    if (this.#fieldset.disabled) return;
    this.#fieldset.disabled = true;
    try {
      const option = await this.#post(this.#body());
      this.close();
      this.dispatchEvent(new CustomEvent("added", { detail: option }));
    } catch (trouble) {
      this.#fieldset.disabled = false;
      this.#refused(trouble);
    }
  }

  #body() {
    const { aliases, party, topic, ...given } = this.given;
    if (aliases !== undefined) given.aliases = aliases.split(/[;\n]/).map((alias) => alias.trim()).filter(Boolean);
    if (party) given.party = { id: Number(party) };
    if (topic) given.topic = { id: Number(topic) };
    return given;
  }

  #refused({ message, data = {} }) {
    const errors = data.errors ?? {};
    const known = [...this.#fieldset.querySelectorAll("[data-problem-of]")];
    const names = known.map((place) => place.dataset.problemOf);
    const rest = Object.entries(errors).filter(([name]) => !names.includes(name) || name === "__all__").flatMap(([, lines]) => lines);
    if (!Object.keys(errors).length) rest.push(message);
    for (const place of known) showProblem(place, place.dataset.problemOf === "__all__" ? rest : errors[place.dataset.problemOf]);
    (this.#fieldset.querySelector("[aria-invalid=true]") ?? this.#fieldset.querySelector("[data-do=add]")).focus();
  }
}

/** `new.label` → `label`: so that these are not taken for the statement's own. */
function nameOf(field) {
  return field.name.slice("new.".length);
}

/** The field that a place for problems belongs to; none where it is for several. */
function fieldOf({ dataset, parentElement }) {
  const { problem, problemOf } = dataset;
  return parentElement.querySelector(problemOf ? `[data-field="${problemOf}"], [name="new.${problemOf}"]` : `[name="${problem}"]`);
}

let shown = 0;

/** Write what is wrong with a field beside it, or clear it away; the field points at the words. */
export function showProblem(place, lines = []) {
  const words = [lines].flat().join(" ");
  place.textContent = words;
  place.hidden = !words;
  place.id ||= `problem-${++shown}`;
  const field = fieldOf(place);
  if (!field) return;
  if (words) {
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", place.id);
  } else {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}
