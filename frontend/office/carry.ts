/**
 * One thing may end in several ways, each with a form of its own: within `data-carry="facts photos"`, what was given for these
 * fields goes along into a form that is unfolded later and has nothing there yet.
 */
type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export function setUpCarry(root: Document): void {
  root.addEventListener("toggle", (event) => {
    const opened = event.target as HTMLElement;
    const place = opened.closest<HTMLElement>("[data-carry]");
    if (!place || !(opened as HTMLDetailsElement).open) return;
    for (const name of place.dataset["carry"]?.split(" ") ?? []) {
      const fields = [...place.querySelectorAll<Field>(`[name="${name}"]`)];
      const into = fields.find((field) => opened.contains(field));
      const from = fields.find((field) => !opened.contains(field) && field.value);
      if (into && from) carry(from, into);
    }
  }, { capture: true });
}

function carry(from: Field, into: Field): void {
  if (into instanceof HTMLSelectElement) into.value = from.value;
  else if (into.value) return;
  else if (into instanceof HTMLInputElement && from instanceof HTMLInputElement && into.type === "file") into.files = from.files;
  else into.value = from.value;
}
