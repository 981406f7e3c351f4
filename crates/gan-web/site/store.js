// The run in IndexedDB, and in the address.
const open = () =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open('gan-lab', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('runs');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function transact(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction('runs', mode);
      const request = act(transaction.objectStore('runs'));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const keep = (run) => transact('readwrite', (store) => store.put(run, 'last'));
export const kept = () => transact('readonly', (store) => store.get('last'));

/** What differs from `base`, as a JSON merge patch (RFC 7386), or undefined. */
export function difference(base, value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || base === null || typeof base !== 'object')
    return JSON.stringify(base) === JSON.stringify(value) ? undefined : value;
  const changed = Object.keys(value).flatMap((key) => {
    const part = difference(base[key], value[key]);
    return part === undefined ? [] : [[key, part]];
  });
  return changed.length ? Object.fromEntries(changed) : undefined;
}

/** `base` with a merge patch applied; null stays null, since every field of a configuration is there. */
export function merge(base, patch) {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  if (base === null || typeof base !== 'object') return patch;
  return { ...base, ...Object.fromEntries(Object.entries(patch).map(([key, part]) => [key, merge(base[key], part)])) };
}

export function readAddress() {
  const fields = new URLSearchParams(location.hash.slice(1));
  let patch;
  try { patch = fields.has('changes') ? JSON.parse(fields.get('changes')) : undefined; } catch { patch = undefined; }
  const seed = Number(fields.get('seed') ?? 0);
  return { data: fields.get('data') ?? 'mnist', preset: fields.get('preset') ?? 'mlp', seed: Number.isInteger(seed) && seed >= 0 ? seed : 0, patch };
}

export function writeAddress({ data, preset, seed, patch }) {
  const fields = new URLSearchParams({ preset, seed });
  if (data !== 'mnist') fields.set('data', data);
  if (patch !== undefined) fields.set('changes', JSON.stringify(patch));
  history.replaceState(null, '', `#${fields}`);
}
