/**
 * Nothing typed is ever lost: a form with `data-dudao-draft="name"` keeps its texts on this computer while they are
 * typed, so that a lost session, a closed tab or a fault gives them back, with a word about it and a way to do without.
 * A text that somebody else has changed meanwhile stays as it is. What the server accepted is forgotten, and signing out
 * forgets everything.
 */
import { growRows } from "./rows";

const PREFIX = "dudao-draft:";

interface Draft {
  texts: Record<string, string>;
  began?: Record<string, string>; // what the page had when the typing began
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
  const began = texts(form);
  if (held) growRows(form, Object.keys(held.texts));
  const back = textFields(form).filter((field) => held && giveBack(field, held));
  if (back.length) tell(form, () => {
    for (const field of back) field.value = began[field.name] ?? "";
    write(key, { texts: began, began, sent: true });
  });
  form.addEventListener("input", () => { write(key, { texts: texts(form), began, sent: false }); });
  form.addEventListener("submit", () => { write(key, { texts: texts(form), began, sent: true }); });
}

/** Whether the field got a text back that the page does not have. */
function giveBack(field: Field, held: Draft): boolean {
  const text = held.texts[field.name];
  if (text === undefined || text === field.value || field.value !== (held.began?.[field.name] ?? "")) return false;
  field.value = text;
  return true;
}

function tell(form: HTMLFormElement, drop: () => void): void {
  const word = form.ownerDocument.querySelector<HTMLTemplateElement>("#given-back")?.content.firstElementChild;
  if (!word) return;
  const shown = form.insertBefore(word.cloneNode(true), form.firstChild) as HTMLElement;
  shown.querySelector("button")?.addEventListener("click", () => { drop(); shown.remove(); });
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
