/** A form is sent once: the second click of a double click, or of an impatient one, would do the same thing twice. */
const WAIT_MS = 5000; // a form that answers with a file stays on the page, and may be sent again

export function setUpOnce(root: Document): void {
  let sent = new WeakMap<EventTarget, number>();
  root.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.getAttribute("method")?.toLowerCase() !== "post") return;
    const now = Date.now();
    if (now - (sent.get(form) ?? -WAIT_MS) < WAIT_MS) event.preventDefault();
    else sent.set(form, now);
  });
  // Who comes back to the page may send it anew.
  root.defaultView?.addEventListener("pageshow", () => { sent = new WeakMap(); });
}
