/**
 * What changes by itself: the server tells each change with the parts as it has drawn them.
 *
 *   [data-dudao-live="address"]     around; the address gives server-sent events, each a JSON object of parts
 *   [data-dudao-live-part="name"]   whose content the part of that name replaces
 *   [data-dudao-live-lost]          shown while there is no line
 */
export function setUpLive(page: Document): void {
  for (const around of page.querySelectorAll<HTMLElement>("[data-dudao-live]")) watch(around);
}

function watch(around: HTMLElement): void {
  const source = new EventSource(around.dataset["dudaoLive"] ?? "");
  const lost = around.querySelector<HTMLElement>("[data-dudao-live-lost]");
  let misses = 0;
  source.onopen = () => {
    misses = 0;
    if (lost) lost.hidden = true;
  };
  source.onmessage = (event: MessageEvent<string>) => show(around, JSON.parse(event.data) as Record<string, string>);
  source.onerror = () => {
    misses += 1;
    if (lost && (misses > 1 || source.readyState === EventSource.CLOSED)) lost.hidden = false;
  };
  window.addEventListener("pagehide", () => source.close());
}

/** Replaces what differs, so that a place somebody stands on with the keyboard is not lost for nothing. */
export function show(around: Element, parts: Record<string, string>): void {
  for (const [name, drawn] of Object.entries(parts)) {
    const place = around.querySelector(`[data-dudao-live-part="${name}"]`);
    if (!place || place.innerHTML === drawn) continue;
    const at = document.activeElement instanceof Element && place.contains(document.activeElement) ? address(document.activeElement) : "";
    place.innerHTML = drawn;
    const again = at ? [...place.querySelectorAll<HTMLElement>("a[href]")].find((one) => address(one) === at) : undefined;
    again?.focus({ preventScroll: true });
  }
}

const address = (one: Element): string => one.getAttribute("href") ?? "";
