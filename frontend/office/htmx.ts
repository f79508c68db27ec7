import type htmxType from "htmx.org";

type Htmx = typeof htmxType;

/** Answers that carry a page fragment for the person although the request did not succeed. */
const SHOWN_ALTHOUGH_FAILED = new Set([409, 422]);

interface SwapDetail {
  xhr: XMLHttpRequest;
  shouldSwap: boolean;
  isError: boolean;
}

interface RequestDetail {
  headers: Record<string, string>;
  verb: string;
}

/** Set up htmx for our pages: strict about scripts, CSRF on every write, refusals shown in place. */
export function setUpHtmx(htmx: Htmx): void {
  htmx.config.allowEval = false;
  htmx.config.includeIndicatorStyles = false;
  htmx.config.allowScriptTags = false;
  htmx.config.selfRequestsOnly = true;
  htmx.config.historyRestoreAsHxRequest = false;

  document.addEventListener("htmx:configRequest", (event) => {
    const { headers, verb } = (event as CustomEvent<RequestDetail>).detail;
    const token = csrfToken();
    if (token && verb.toLowerCase() !== "get") headers["X-CSRFToken"] = token;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = event as CustomEvent<SwapDetail>;
    if (SHOWN_ALTHOUGH_FAILED.has(detail.xhr.status)) {
      detail.shouldSwap = true;
      detail.isError = false;
    }
  });
}

/** A page may carry the token in a meta element (where the cookie is HttpOnly); otherwise the cookie has it. */
export function csrfToken(): string {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]');
  if (meta?.content) return meta.content;
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : "";
}
