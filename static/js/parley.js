// What a page does beyond its links and forms: focus follows the evidence, Escape closes it, addresses stay short.
// Everything works without this file; it only saves the reader's place.

const evidence = () => document.getElementById("evidence");
const link = (key) => document.getElementById(`cell-${key}`)?.querySelector("a.flag");

let open = evidence()?.dataset.cell;

function mark() {
  document.querySelectorAll(".matrix [aria-current]").forEach((a) => a.removeAttribute("aria-current"));
  if (open) link(open)?.setAttribute("aria-current", "true");
}

// A field left empty says nothing, so it does not belong in an address.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") return;
  for (const [name, value] of [...detail.formData]) if (value === "") detail.formData.delete(name);
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const panel = evidence();
  if (!panel) return;
  const was = open;
  open = panel.dataset.cell;
  mark();
  if (detail.requestConfig?.target?.id === "evidence") {
    if (open) document.getElementById("evidence-title").focus();
    else if (was) link(was)?.focus();
  } else if (document.activeElement === document.body) {
    document.getElementById("as-of")?.focus(); // the button that was pressed has gone, or has nothing more to do
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && open && !event.target.matches("input, select, textarea")) {
    evidence().querySelector(".close")?.click();
  }
});

mark();
