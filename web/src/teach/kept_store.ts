import { isKeptLesson, type KeptLesson } from './kept_lesson';

const DATABASE = 'visavis-teach';
const LESSONS = 'lessons';

/** Where lessons are kept between visits: rejects with what the browser says. */
export interface KeptStore {
  /** Creates nothing: a browser that was never asked to keep something holds nothing of this page. */
  readAll(): Promise<KeptLesson[]>;
  write(lesson: KeptLesson): Promise<void>;
  remove(subject: KeptLesson['subject']): Promise<void>;
  /** Empties the store. */
  clear(): Promise<void>;
}

/** IndexedDB, which alone can hold bytes. */
export const indexedStore: KeptStore = {
  async readAll() {
    const database = await open(false);
    if (!database) return [];
    const all = await inStore<unknown[]>(database, 'readonly', (store) => store.getAll());
    return all.filter(isKeptLesson);
  },
  async write(lesson) {
    await change((store) => store.put(lesson));
  },
  async remove(subject) {
    await change((store) => store.delete(subject));
  },
  async clear() {
    await change((store) => store.clear());
  },
};

async function change(act: (store: IDBObjectStore) => IDBRequest): Promise<void> {
  const database = await open(true);
  if (database) await inStore(database, 'readwrite', act);
}

/** Null where there is none and none may be created. */
function open(mayCreate: boolean): Promise<IDBDatabase | null> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    let wasAbsent = false;
    request.onupgradeneeded = () => {
      if (mayCreate) request.result.createObjectStore(LESSONS, { keyPath: 'subject' });
      else {
        wasAbsent = true;
        request.transaction?.abort();
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => (wasAbsent ? resolve(null) : reject(request.error));
    request.onblocked = () => reject(new Error('another page holds it open'));
  });
}

/** Done when the transaction is, and so on disk; a full disk shows only then. */
function inStore<Result>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(LESSONS, mode);
    const request = act(transaction.objectStore(LESSONS));
    const finish = (settle: () => void) => () => {
      database.close();
      settle();
    };
    transaction.oncomplete = finish(() => resolve(request.result as Result));
    transaction.onabort = finish(() => reject(transaction.error ?? request.error));
  });
}
