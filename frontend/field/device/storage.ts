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
