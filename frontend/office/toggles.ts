/**
 * The few moving parts of Tabler's markup that our pages use, without Bootstrap's script:
 *
 *   data-bs-toggle="dropdown"   the following .dropdown-menu opens; Escape or a click elsewhere closes it
 *   data-bs-toggle="collapse"   data-bs-target="#id" (or href) is folded and unfolded
 *   data-bs-dismiss="alert"     removes the .alert around it
 *   data-dialog="id"            opens that <dialog>; data-close inside closes it
 *   data-open-wide              a <details> that stands open where the window is wide enough
 *   data-print                  prints the page
 *   data-print-now              a page made for paper: printed as soon as it has come
 *   data-submit-on-change       on a field: submits its form when changed
 *   data-row-link               on a link in a table's row: a click anywhere in the row follows it
 *   data-choose-all             a box that ticks every box named "chosen" of its form, or of the data-choose-group around it
 */
export function setUpToggles(root: Document): void {
  root.addEventListener("click", onClick);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeDropdowns(root);
  });
  if (window.matchMedia("(min-width: 768px)").matches) {
    root.querySelectorAll<HTMLDetailsElement>("details[data-open-wide]").forEach((one) => { one.open = true; });
  }
  if (root.querySelector("[data-print-now]")) window.addEventListener("load", () => window.print());
  root.addEventListener("change", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.matches("[data-submit-on-change]")) field.form?.requestSubmit();
    if (field.matches("[data-choose-all]")) chooseAll(field);
  });
}

function onClick(event: Event): void {
  const target = event.target as Element;
  const toggle = target.closest<HTMLElement>("[data-bs-toggle]");
  const kind = toggle?.dataset["bsToggle"];
  if (toggle && kind === "dropdown") {
    event.preventDefault();
    toggleDropdown(toggle);
    return;
  }
  if (!target.closest(".dropdown-menu")) closeDropdowns(document);
  if (toggle && kind === "collapse") {
    event.preventDefault();
    toggleCollapse(toggle);
  }
  target.closest('[data-bs-dismiss="alert"]')?.closest(".alert")?.remove();
  const opener = target.closest<HTMLElement>("[data-dialog]");
  if (opener) dialogById(opener.dataset["dialog"])?.showModal();
  if (target.closest("[data-close]")) target.closest("dialog")?.close();
  if (target.closest("[data-print]")) window.print();
  if (!target.closest("a, button, input, select, label, summary")) openRow(target.closest("tr"));
}

/** Text may still be marked in a row without leaving the page. */
function openRow(row: HTMLTableRowElement | null): void {
  if (window.getSelection()?.toString()) return;
  row?.querySelector<HTMLAnchorElement>("a[data-row-link]")?.click();
}

/** Boxes may stand outside their form and belong to it by its id. */
function chooseAll(box: HTMLInputElement): void {
  const group = box.closest("[data-choose-group]");
  const near = group ? [...group.querySelectorAll("input")] : [...(box.form?.elements ?? [])];
  for (const one of near) {
    if (one.matches('input[name="chosen"], input[data-choose-all]')) (one as HTMLInputElement).checked = box.checked;
  }
}

function toggleDropdown(toggle: HTMLElement): void {
  const menu = toggle.parentElement?.querySelector<HTMLElement>(".dropdown-menu");
  const opens = !menu?.classList.contains("show");
  closeDropdowns(document);
  menu?.classList.toggle("show", opens);
  toggle.classList.toggle("show", opens);
  toggle.setAttribute("aria-expanded", String(opens));
}

function closeDropdowns(root: Document): void {
  root.querySelectorAll(".dropdown-menu.show").forEach((menu) => menu.classList.remove("show"));
  root.querySelectorAll('[data-bs-toggle="dropdown"].show').forEach((toggle) => {
    toggle.classList.remove("show");
    toggle.setAttribute("aria-expanded", "false");
  });
}

function toggleCollapse(toggle: HTMLElement): void {
  const selector = toggle.dataset["bsTarget"] ?? toggle.getAttribute("href");
  const opens = toggle.getAttribute("aria-expanded") !== "true";
  if (selector) document.querySelector(selector)?.classList.toggle("show", opens);
  toggle.classList.toggle("collapsed", !opens);
  toggle.setAttribute("aria-expanded", String(opens));
}

function dialogById(id: string | undefined): HTMLDialogElement | null {
  const element = id ? document.getElementById(id) : null;
  return element instanceof HTMLDialogElement ? element : null;
}
