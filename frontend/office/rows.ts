/**
 * Rows that a form has more or fewer of:
 *
 *   data-rows          around them; data-rows-most says how many there may be
 *   data-rows-one      one row; its fields are named name-0-part, name-1-part …
 *   data-rows-add      adds a row; without this script it sends the form, and the page comes back with one more
 *   data-rows-remove   removes its row; shown by this script only
 */
export function setUpRows(root: Document): void {
  const dressAll = (place: ParentNode): void => { place.querySelectorAll<HTMLElement>("[data-rows]").forEach(dress); };
  dressAll(root);
  root.addEventListener("dudao:content", (event) => { dressAll(event.target as HTMLElement); });
  root.addEventListener("click", (event) => {
    const target = event.target as Element;
    const rows = target.closest<HTMLElement>("[data-rows]");
    if (!rows) return;
    if (target.closest("[data-rows-add]")) {
      event.preventDefault();
      addRow(rows)?.querySelector("input")?.focus();
    }
    const one = target.closest("[data-rows-remove]")?.closest<HTMLElement>("[data-rows-one]");
    if (one) removeRow(rows, one);
  });
}

/** Make room for the fields of these names, such as a kept draft holds. */
export function growRows(form: HTMLFormElement, names: string[]): void {
  for (const rows of form.querySelectorAll<HTMLElement>("[data-rows]")) {
    const wanted = new Set(names);
    while (wanted.has(nameAt(rows, all(rows).length))) if (!addRow(rows)) break;
  }
}

const all = (rows: HTMLElement): HTMLElement[] => [...rows.querySelectorAll<HTMLElement>("[data-rows-one]")];

/** The name that the first field of row `n` has, or would have. */
function nameAt(rows: HTMLElement, n: number): string {
  return numbered(rows.querySelector<HTMLInputElement>("[data-rows-one] input")?.name ?? "", n);
}

const numbered = (name: string, n: number): string => name.replace(/-\d+-/, `-${n}-`);

function addRow(rows: HTMLElement): HTMLElement | undefined {
  const last = all(rows).at(-1);
  if (!last || all(rows).length >= Number(rows.dataset["rowsMost"] ?? 100)) return undefined;
  const fresh = last.cloneNode(true) as HTMLElement;
  fresh.querySelectorAll("input").forEach((field) => { field.value = ""; });
  last.after(fresh);
  dress(rows);
  return fresh;
}

/** The last one left is emptied instead. */
function removeRow(rows: HTMLElement, one: HTMLElement): void {
  const near = (one.nextElementSibling ?? one.previousElementSibling) as HTMLElement | null;
  if (all(rows).length > 1) one.remove();
  else one.querySelectorAll("input").forEach((field) => { field.value = ""; });
  dress(rows);
  (near ?? one).querySelector("input")?.focus();
  rows.dispatchEvent(new Event("input", { bubbles: true })); // the draft of the form is kept anew
}

/** Number the fields, show what works only with this script, and offer no more rows than there may be. */
function dress(rows: HTMLElement): void {
  all(rows).forEach((row, n) => {
    row.querySelectorAll("input").forEach((field) => { field.name = numbered(field.name, n); });
    row.querySelector<HTMLElement>("[data-rows-remove]")?.removeAttribute("hidden");
  });
  const add = rows.querySelector<HTMLElement>("[data-rows-add]");
  if (add) add.hidden = all(rows).length >= Number(rows.dataset["rowsMost"] ?? 100);
}
