/* Undo and redo. The server undoes what it did by a token; a form that was thrown away is brought back here. */

const MOST = 100;

export class Undo {
  #server;
  #name;
  #stacks = { undo: [], redo: [] };
  #buttons;
  #reopen;
  #done;
  #say;
  #isSaving;
  #last = Promise.resolve();

  /** `reopen(body)` opens a form again; `done(answer)` shows what the server has undone; `isSaving()`: not now. */
  constructor({ server, name, buttons, reopen, done, say, isSaving }) {
    this.#server = server;
    this.#name = `${name}:undo`;
    this.#buttons = buttons;
    this.#reopen = reopen;
    this.#done = done;
    this.#say = say;
    this.#isSaving = isSaving;
    this.#load();
    buttons.undo.addEventListener("click", () => this.undo());
    buttons.redo.addEventListener("click", () => this.redo());
    this.#show();
  }

  /** Something was done: {token, id} by the server, {body} thrown away here. */
  did(step) {
    this.#stacks.undo.push(step);
    this.#stacks.redo = [];
    this.#store();
  }

  undo() {
    return this.#go("undo", "redo");
  }

  redo() {
    return this.#go("redo", "undo");
  }

  /** One after the other; and not while a statement is being saved, which would be the last thing done. */
  #go(from, to) {
    const step = () => this.#step(from, to);
    this.#last = this.#last.then(step, step);
    return this.#last;
  }

  async #step(from, to) {
    if (this.#isSaving()) return this.#say(`A statement is still being saved: ${from} once it is there.`);
    const step = this.#stacks[from].pop();
    this.#store();
    if (!step) return this.#say(`Nothing to ${from}.`);
    if (step.body) return this.#reopen(step.body);
    try {
      const answer = await this.#server.post("undo/", { token: step.token });
      this.#stacks[to].push({ token: answer.undo, id: step.id });
      this.#done({ id: step.id, ...answer });
      this.#say(answer.said, to === "redo" ? {} : { undo: () => this.undo() });
    } catch (trouble) {
      if (trouble.passing) this.#stacks[from].push(step);
      this.#say(trouble.passing ? `No connection: not ${from === "undo" ? "undone" : "redone"}.` : trouble.message);
    }
    this.#store();
  }

  #show() {
    this.#buttons.undo.disabled = !this.#stacks.undo.length;
    this.#buttons.redo.disabled = !this.#stacks.redo.length;
  }

  #store() {
    for (const stack of Object.values(this.#stacks)) stack.splice(0, stack.length - MOST);
    this.#show();
    try {
      sessionStorage.setItem(this.#name, JSON.stringify(this.#stacks));
    } catch {
      // It works on without, until the page is loaded again.
    }
  }

  #load() {
    try {
      Object.assign(this.#stacks, JSON.parse(sessionStorage.getItem(this.#name)));
    } catch {
      // Nothing was kept, or it cannot be read: an empty stack.
    }
  }
}
