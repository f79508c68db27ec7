/**
 * Searching by keyboard: "/" goes to the search box from anywhere, the arrows from it through what was found.
 *
 *   input[type=search][name=q]        the box; one with [data-dudao-search] goes before that of the frame
 *   [data-dudao-results] a            what was found
 */
export function setUpSearch(page: Document): void {
  page.addEventListener("keydown", (event) => {
    const at = event.target as HTMLElement;
    const box = page.querySelector<HTMLInputElement>("[data-dudao-search]") ?? page.querySelector<HTMLInputElement>('form[role="search"] input[name="q"]');
    if (event.key === "/" && box && !at.matches("input, textarea, select") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      box.focus();
      box.select();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const results = [...page.querySelectorAll<HTMLElement>("[data-dudao-results] a.list-group-item")];
    const index = results.indexOf(at);
    if (step === undefined || !results.length || (index < 0 && at !== box)) return;
    event.preventDefault();
    const next = index + step;
    (next < 0 ? box : results[Math.min(next, results.length - 1)])?.focus();
  });
}
