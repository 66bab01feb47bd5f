// What a page does beyond its links and forms: focus follows the evidence, and Escape closes it.
// Everything works without this file; it only saves the reader's place.

const evidence = () => document.getElementById("evidence");
const link = (key) => document.getElementById(`cell-${key}`)?.querySelector("a.flag");

let open = evidence()?.dataset.cell;

function mark() {
  document.querySelectorAll(".matrix [aria-current]").forEach((a) => a.removeAttribute("aria-current"));
  if (open) link(open)?.setAttribute("aria-current", "true");
}

document.addEventListener("htmx:afterSettle", (event) => {
  const panel = evidence();
  if (!panel) return;
  const was = open;
  open = panel.dataset.cell;
  mark();
  if (event.detail.requestConfig?.target?.id !== "evidence") return;
  if (open) document.getElementById("evidence-title").focus();
  else if (was) link(was)?.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && open && !event.target.matches("input, select, textarea")) {
    evidence().querySelector(".close")?.click();
  }
});

mark();
