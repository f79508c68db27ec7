/** A query that stays fresh: the screen follows what any window writes. */
import { liveQuery } from "dexie";
import { onScopeDispose, shallowRef, watch, type ShallowRef, type WatchSource } from "vue";

export function useLive<T>(query: () => Promise<T>, initial: T, ...on: WatchSource[]): Readonly<ShallowRef<T>> {
  const result = shallowRef(initial);
  let subscription = subscribe();
  function subscribe() {
    return liveQuery(query).subscribe({ next: (value) => { result.value = value; } });
  }
  if (on.length > 0) {
    watch(on, () => {
      subscription.unsubscribe();
      subscription = subscribe();
    });
  }
  onScopeDispose(() => subscription.unsubscribe());
  return result;
}
