/** Only one window sends at a time. Web Locks where there are any, otherwise a lease in the database. */
import { uuid7 } from "../../shared/ids";
import { database } from "../local/database";

const NAME = "dudao-outbox";
const LEASE_MS = 60_000;
const RENEW_MS = 15_000;

/** Runs the work if no other window is sending; answers whether it ran. */
export async function whileAlone(work: () => Promise<void>): Promise<boolean> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  if (!locks) return whileLeased(work);
  return locks.request(NAME, { ifAvailable: true }, async (lock) => {
    if (!lock) return false;
    await work();
    return true;
  });
}

export async function whileLeased(work: () => Promise<void>): Promise<boolean> {
  const holder = uuid7();
  if (!(await takeLease(holder))) return false;
  const renewal = setInterval(() => void takeLease(holder), RENEW_MS);
  try {
    await work();
  } finally {
    clearInterval(renewal);
    await giveLeaseBack(holder);
  }
  return true;
}

async function giveLeaseBack(holder: string): Promise<void> {
  await database.transaction("rw", database.leases, async () => {
    if ((await database.leases.get(NAME))?.holder === holder) await database.leases.delete(NAME);
  });
}

async function takeLease(holder: string): Promise<boolean> {
  return database.transaction("rw", database.leases, async () => {
    const lease = await database.leases.get(NAME);
    const now = Date.now();
    // A lease from a clock that ran ahead would last for years; none is honoured beyond its length.
    const held = lease && lease.holder !== holder && lease.until > now && lease.until <= now + LEASE_MS;
    if (held) return false;
    await database.leases.put({ name: NAME, holder, until: now + LEASE_MS });
    return true;
  });
}
