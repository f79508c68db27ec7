/**
 * Nothing typed is ever lost: a form with `data-dudao-draft="name"` keeps its texts on this computer while they are
 * typed, so that a lost session, a closed tab or a fault gives them back. What the server accepted is forgotten, and
 * signing out forgets everything.
 */
import { growRows } from "./rows";

const PREFIX = "dudao-draft:";

interface Draft {
  texts: Record<string, string>;
  sent: boolean;
}

type Field = HTMLInputElement | HTMLTextAreaElement;

export function setUpDrafts(root: Document): void {
  if (root.querySelector(".alert-success")) forget((draft) => draft.sent);
  keepAll(root);
  root.addEventListener("dudao:content", (event) => { keepAll(event.target as HTMLElement); });
  root.querySelector('form[action$="/sign-out/"]')?.addEventListener("submit", () => { forget(() => true); });
}

function keepAll(place: ParentNode): void {
  place.querySelectorAll<HTMLFormElement>("form[data-dudao-draft]").forEach(keep);
}

function keep(form: HTMLFormElement): void {
  const key = PREFIX + (form.dataset["dudaoDraft"] ?? "");
  const held = read(key);
  if (held) growRows(form, Object.keys(held.texts));
  for (const field of textFields(form)) {
    const text = held?.texts[field.name];
    if (text && !field.value) field.value = text;
  }
  form.addEventListener("input", () => { write(key, { texts: texts(form), sent: false }); });
  form.addEventListener("submit", () => { write(key, { texts: texts(form), sent: true }); });
}

function textFields(form: HTMLFormElement): Field[] {
  return [...form.querySelectorAll<Field>("textarea[name], input[type=text][name], input[type=date][name]")];
}

function texts(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries(textFields(form).map((field) => [field.name, field.value]));
}

function read(key: string): Draft | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as Draft | null;
  } catch {
    return null; // storage switched off, or not ours: the form simply starts empty
  }
}

function write(key: string, draft: Draft): void {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // A full or forbidden storage must not keep anyone from typing.
  }
}

function forget(which: (draft: Draft) => boolean): void {
  try {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
      const draft = read(key);
      if (!draft || which(draft)) localStorage.removeItem(key);
    }
  } catch {
    // no storage, nothing to forget
  }
}
