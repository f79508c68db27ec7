/**
 * What cannot be taken back is asked first: a form with `data-confirm="…"` (or the button that sends it) shows that text in
 * the page's dialog `#confirm` and is sent only after a yes. Without this script the form is sent at once; the server decides.
 */
export function setUpConfirm(root: Document): void {
  const dialog = root.getElementById("confirm") as HTMLDialogElement | null;
  if (!dialog) return;
  let waiting: { form: HTMLFormElement; button: HTMLElement | null } | null = null;
  root.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const button = (event as SubmitEvent).submitter;
    const text = button?.dataset["confirm"] ?? form.dataset["confirm"];
    if (!text || waiting) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = { form, button };
    dialog.querySelector("p")?.replaceChildren(text);
    dialog.returnValue = "";
    dialog.showModal();
  }, { capture: true });
  dialog.addEventListener("close", () => {
    if (waiting && dialog.returnValue === "yes") waiting.form.requestSubmit(waiting.button);
    waiting = null;
  });
}
