/** The month's bundle (docs/field-api.md §2): what a visit needs to know, kept for use without a network. */
import type { SpecialDays } from "../../shared/days";
import type { Definition, Words } from "../../shared/instrument";
import { ask } from "../outbox/door";
import { currentUser } from "../device/session";
import { database, type KeptBundle } from "./database";
import { keepPictures } from "./pictures";
import { isSealing } from "./sealing";

export interface Unit {
  id: string;
  name: string;
  kind: string;
  kind_label: Words;
  region: string;
  address: string;
  lat: number | null;
  lng: number | null;
  liaison_name: string;
  liaison_phone: string;
  pupils: number | null;
  needed: number;
  done: number;
  due_on: string | null;
  last_visit_on: string | null;
  open_findings: number;
  /** The day the plan names, and what the month is about there. A bundle kept from before plans has neither. */
  planned_on?: string | null;
  month?: MonthAbout;
  /** Where its county has other times to rectify than that of the first school. */
  severities?: Severity[];
}

export interface MonthAbout {
  subject: string;
  themes: Named[];
  /** Keys of the checklists that go with the month, in the plan's order. */
  instruments: string[];
}

export interface Named {
  key: string;
  name: Words;
}

export interface Severity extends Named {
  /** How a problem so severe is usually handled. A bundle kept from before has none. */
  disposition?: Disposition;
  days: number;
  day_unit: DayUnit;
  /** Categories with a time to rectify of their own. A bundle kept from before has none. */
  kinds?: Record<string, Limit>;
}

export interface Limit {
  days: number;
  day_unit: DayUnit;
}

export type Disposition = "NONE" | "SMALL" | "ORDINARY" | "SERIOUS" | "COMPLEX" | "DANGER";

export type DayUnit = "working" | "natural";

export interface ReportPhoto {
  id: string;
  kind: "before" | "after";
  url: string;
  thumb_url: string;
}

export interface OpenFinding {
  id: string;
  number: string;
  unit: string;
  unit_name: string;
  category: string;
  severity: string;
  wording: string;
  /** What was asked, what the unit means to do, and what was photographed when it was found. A bundle kept from before has none. */
  basis?: string;
  requirement?: string;
  measures?: string;
  photos?: ReportPhoto[];
  state: string;
  state_label: Words;
  due_on: string | null;
  /** False while the school need not act, or while its days are paused. A bundle kept from before does not say. */
  days_run?: boolean;
  /** The office has paused the days. A bundle kept from before does not say. */
  is_paused?: boolean;
  round: number;
  report: Reported | null;
  /** Of a plan in steps. A bundle kept from before has none. */
  steps?: PlanStep[];
}

export interface Reported {
  text: string;
  reported_at: string;
  photos: ReportPhoto[];
}

export interface PlanStep extends Omit<Reported, "reported_at"> {
  id: number;
  title: string;
  due_on: string;
  standing: "open" | "waiting" | "passed" | "part" | "returned";
  /** Reported, and to be judged. */
  waits: boolean;
  reported_at: string | null;
  verdict: string;
}

export interface PastVisit {
  id: string;
  unit: string;
  unit_name: string;
  started_at: string;
  state: string;
  state_label: Words;
  /** Those who came along and have not handed in. */
  waits_for?: string[];
  leads?: boolean;
}

export interface Person {
  id: number;
  name: string;
}

/** Colleagues who go to a school together under an item of the plan. */
export interface Joint {
  plan: string;
  unit: string;
  planned_on: string | null;
  lead: Person;
  members: Person[];
}

/** A colleague asks one along (同行邀请), and waits for an answer. */
export interface Invitation {
  plan: string;
  unit_name: string;
  /** As "2026-11"; `planned_on` is the day within it, where it is set. */
  month: string;
  planned_on: string | null;
  lead: Person;
  note: string;
  /** The school must not know (四不两直). */
  unannounced: boolean;
  about: MonthAbout;
}

export interface Instrument {
  version: string;
  key: string;
  name: Words;
  definition: Definition;
}

/** What the certificate shows. A bundle kept from before has neither photo nor validity. */
export interface CertificateHolder extends Person {
  certificate_no: string;
  office: string;
  photo?: string;
  valid_until?: string | null;
}

export interface Bundle {
  generated_at: string;
  server_time: string;
  month: string;
  user: CertificateHolder;
  units: Unit[];
  methods: Named[];
  categories: Named[];
  dispositions?: (Named & { key: Disposition })[];
  severities: Severity[];
  special_days: SpecialDays;
  instruments: Instrument[];
  findings: OpenFinding[];
  visits: PastVisit[];
  /** A bundle kept from before has none. */
  joints?: Joint[];
  /** A bundle kept from before has none. */
  invitations?: Invitation[];
  /** The PIN the office asks for over what is kept here; null: none. A bundle kept from before says nothing. */
  pin?: PinRule | null;
}

export interface PinRule {
  digits: number;
  /** In the background. */
  lock_minutes: number;
  tries: number;
}

/** How problems of a school are graded, and how long each may take there. */
export function severitiesOf(month: Bundle | null, unit: string | undefined): Severity[] {
  return month?.units.find((one) => one.id === unit)?.severities ?? month?.severities ?? [];
}

export type LoadResult = "fresh" | "unchanged";

/** Load the bundle. It replaces the kept one in a single write, so an interrupted load leaves the old one whole. */
export async function loadBundle(): Promise<LoadResult> {
  const owner = (await currentUser())?.id;
  const kept = owner === undefined ? undefined : await database.bundles.get(owner);
  const headers: Record<string, string> = kept?.etag ? { "If-None-Match": kept.etag } : {};
  const answer = await ask("/api/field/bundle", { headers });
  if (answer.status === 304 && kept) {
    await database.bundles.put({ ...kept, loadedAt: new Date().toISOString() });
    return "unchanged";
  }
  const body = answer.body as Bundle;
  await database.bundles.put({
    owner: body.user.id,
    etag: answer.headers.get("ETag") ?? "",
    body,
    loadedAt: new Date().toISOString(),
  });
  await forgetReplacedInstruments(body);
  void keepPictures(isSealing() ? [] : body.findings, body.user.photo ?? "");
  return "fresh";
}

export async function keptBundle(owner: number | undefined): Promise<KeptBundle | undefined> {
  return owner === undefined ? undefined : database.bundles.get(owner);
}

/** A running visit keeps the version it began with; a new edition in the bundle must not pull it from under it. */
async function forgetReplacedInstruments(bundle: Bundle): Promise<void> {
  const running = await database.visits.where("stage").equals("open").toArray();
  const needed = new Set([...bundle.instruments.map((one) => one.version), ...running.flatMap((visit) => visit.sheets.map((sheet) => sheet.instrument))]);
  const keys = await database.kept.toCollection().primaryKeys();
  const stale = keys.filter((key) => key.startsWith("instrument:") && !needed.has(key.slice("instrument:".length)));
  await database.kept.bulkDelete(stale);
  await database.kept.bulkPut(bundle.instruments.map((one) => ({ key: `instrument:${one.version}`, value: one })));
}

export async function keptInstrument(version: string): Promise<Instrument | undefined> {
  return (await database.kept.get(`instrument:${version}`))?.value as Instrument | undefined;
}
