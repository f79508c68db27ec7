/** Room on the phone, and the browser's promise not to clear it. */

export interface Room {
  used: number;
  quota: number;
  persistent: boolean;
}

/** Plain http and old browsers have no storage manager at all. */
function manager(): StorageManager | undefined {
  return navigator.storage as StorageManager | undefined;
}

/** Ask the browser to keep our data when space runs short. */
export async function askToPersist(): Promise<boolean> {
  const storage = manager();
  if (!storage?.persist) return false;
  return (await storage.persisted()) || storage.persist();
}

export async function room(): Promise<Room> {
  const storage = manager();
  const estimate = (await storage?.estimate?.()) ?? {};
  return {
    used: estimate.usage ?? 0,
    quota: estimate.quota ?? 0,
    persistent: (await storage?.persisted?.()) ?? false,
  };
}

const MEGA = 1024 * 1024;
/** Room for the photos of a visit or two; and for what is typed and a few photos. */
const TIGHT_BYTES = 300 * MEGA;
const FULL_BYTES = 50 * MEGA;

/** Whether the next photos will still find room. A browser that tells no quota is believed to have enough. */
export function tightness({ used, quota }: Pick<Room, "used" | "quota">): "" | "tight" | "full" {
  if (quota === 0 || quota - used > TIGHT_BYTES) return "";
  return quota - used > FULL_BYTES ? "tight" : "full";
}
