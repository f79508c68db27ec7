/** Saves a draft as it is typed. There is no "save" button anywhere: what is on the screen is on the phone. */
import type { Table } from "dexie";
import { onScopeDispose, ref, watch, type Ref } from "vue";

interface Draft {
  id: string;
  stage: "open" | "handed";
  revision: number;
  changed_at: string;
}

/** Writes not yet on the disk, in all drafts of this window. */
export const unsavedWrites = ref(0);
/** The disk refused (full, or taken away by the browser): the person must know at once. */
export const saveFailed = ref(false);

export interface LiveDraft<T> {
  draft: Ref<T | null>;
  /** Loaded, and there is no such draft. */
  missing: Ref<boolean>;
  /** Another window changed this draft; its version was taken over. */
  overtaken: Ref<boolean>;
  /** Resolves when everything typed is on the disk. */
  settled(): Promise<void>;
}

export function useDraft<T extends Draft>(table: Table<T, string>, id: string): LiveDraft<T> {
  const draft = ref(null) as Ref<T | null>;
  const missing = ref(false);
  const overtaken = ref(false);
  const writer = new DraftWriter<T>(table, () => draft.value, takeOver);
  let taking = false;

  function takeOver(theirs: T | undefined): void {
    taking = true;
    draft.value = theirs ?? null;
    missing.value = theirs === undefined;
    taking = false;
  }

  const stop = watch(draft, () => { if (!taking && draft.value) writer.changed(); }, { deep: true, flush: "sync" });
  writer.onOvertaken = () => { overtaken.value = true; };
  void table.get(id).then((found) => {
    writer.knows(found?.revision ?? 0);
    takeOver(found);
  });
  onScopeDispose(stop);
  return { draft, missing, overtaken, settled: () => writer.settled() };
}

/** Writes the newest state, one write at a time; states in between need not reach the disk. */
export class DraftWriter<T extends Draft> {
  onOvertaken: () => void = () => undefined;
  private revision = 0;
  private dirty = false;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly table: Table<T, string>,
    private readonly current: () => T | null,
    private readonly takeOver: (theirs: T | undefined) => void,
  ) {}

  knows(revision: number): void {
    this.revision = revision;
  }

  changed(): void {
    this.dirty = true;
    if (this.writing) return;
    unsavedWrites.value += 1;
    this.writing = this.writeAll().finally(() => {
      this.writing = undefined;
      unsavedWrites.value -= 1;
    });
  }

  async settled(): Promise<void> {
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    await Promise.resolve();
    while (this.dirty) {
      this.dirty = false;
      try {
        await this.writeOnce();
        saveFailed.value = false;
      } catch {
        // Whatever the reason, the person is told and the next keystroke tries again.
        saveFailed.value = true;
        return;
      }
    }
  }

  private async writeOnce(): Promise<void> {
    const state = this.current();
    if (!state) return;
    const copy = JSON.parse(JSON.stringify(state)) as T;
    const seen = this.revision;
    const theirs = await this.table.db.transaction("rw", this.table, async () => {
      const row = await this.table.get(copy.id);
      if (!row || row.revision !== seen || row.stage !== "open") return { row };
      await this.table.put({ ...copy, revision: seen + 1, changed_at: new Date().toISOString() });
      return null;
    });
    if (theirs === null) {
      this.revision = seen + 1;
      return;
    }
    this.revision = theirs.row?.revision ?? 0;
    this.dirty = false;
    this.takeOver(theirs.row);
    this.onOvertaken();
  }
}
