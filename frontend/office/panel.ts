/**
 * A row opens beside its list. Lists work without: a row's link then leads to its page.
 *
 *   .list tbody tr                    j and k go from row to row, Enter opens the row's link, Esc closes
 *   #beside                           where the page of the row is shown; [data-dudao-beside-close] closes it
 *
 * The page is fetched as it is and only its content shown; links and forms in it lead on as ever.
 */
import type htmxType from "htmx.org";

const WIDE = "(min-width: 1100px)";

export function setUpPanel(page: Document, htmx: typeof htmxType): void {
  const beside = page.querySelector<HTMLElement>("#beside");
  if (!beside) return;
  const panel = new Panel(beside, htmx);
  page.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-dudao-beside-close]")) panel.close();
    const link = (event.target as Element).closest<HTMLAnchorElement>(".list tbody a[href]");
    if (!link || !matchMedia(WIDE).matches || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link !== firstLink(link.closest("tr")) || event.defaultPrevented) return;
    event.preventDefault();
    void panel.open(link);
  });
  page.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.isOpen && !page.querySelector("dialog[open]")) return panel.close();
    if (isTyping(event)) return;
    const step = { j: 1, k: -1 }[event.key];
    if (step !== undefined) panel.go(step);
  });
}

/** Letters belong to whoever types; held keys to the browser. */
function isTyping(event: KeyboardEvent): boolean {
  const at = event.target as HTMLElement;
  return event.ctrlKey || event.metaKey || event.altKey || at.isContentEditable || at.matches("input, textarea, select");
}

function firstLink(row: Element | null): HTMLAnchorElement | null {
  return row?.querySelector<HTMLAnchorElement>("td:not(.chooser) a[href]:not([download])") ?? null;
}

class Panel {
  private opener: HTMLAnchorElement | null = null;

  constructor(
    private readonly beside: HTMLElement,
    private readonly htmx: typeof htmxType,
  ) {}

  get isOpen(): boolean {
    return !this.beside.hidden;
  }

  /** To the next row or the one before; what is open changes with it. */
  go(step: number): void {
    const links = [...document.querySelectorAll(".list tbody tr")].map(firstLink).filter((one) => one !== null);
    const at = links.findIndex((one) => one === (this.opener?.isConnected ? this.opener : document.activeElement));
    const next = links[at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1)];
    if (!next) return;
    next.focus();
    this.mark(next);
    if (this.isOpen) void this.open(next);
    else this.opener = next;
  }

  async open(link: HTMLAnchorElement): Promise<void> {
    this.opener = link;
    this.mark(link);
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (this.opener !== link) return; // somebody went on meanwhile
    const type = answer?.headers.get("content-type") ?? "";
    if (!answer?.ok || answer.redirected || !type.startsWith("text/html")) return location.assign(link.href);
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#main");
    const place = this.beside.querySelector<HTMLElement>("[data-dudao-beside-content]");
    if (!found || !place) return location.assign(link.href);
    place.replaceChildren(...found.childNodes);
    this.beside.querySelector<HTMLAnchorElement>("[data-dudao-beside-whole]")?.setAttribute("href", link.href);
    this.beside.hidden = false;
    this.htmx.process(place);
    place.dispatchEvent(new CustomEvent("dudao:content", { bubbles: true })); // forms in it are kept and dressed like a page's
    this.beside.scrollTop = 0;
    this.beside.focus({ preventScroll: true });
  }

  close(): void {
    this.beside.hidden = true;
    this.opener?.focus();
  }

  private mark(link: Element): void {
    document.querySelectorAll("tr.is-open").forEach((row) => row.classList.remove("is-open"));
    link.closest("tr")?.classList.add("is-open");
  }
}
