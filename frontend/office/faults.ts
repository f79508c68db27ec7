/** A refused form comes back with its first fault in sight, unfolded, and the field ready to be mended. */
export function showFirstFault(root: Document): void {
  const fault = root.querySelector<HTMLElement>("main form .alert-danger, main form .text-danger.small");
  if (!fault) return;
  fault.closest("details")?.setAttribute("open", "");
  fault.scrollIntoView({ block: "center" });
  fault.parentElement?.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });
}
