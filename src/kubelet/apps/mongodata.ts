import type { JsonObject } from '../../apimachinery/json.ts';
import { isObject } from '../../apimachinery/object.ts';
import { directoryOf, type FileTree, makeDirectories } from '../tools/filetree.ts';

/** Documents by collection. */
type Collections = Record<string, JsonObject[]>;

const MAX_DOCUMENTS = 10_000;
const CALL = /^db\.(?:getCollection\((['"])([\w.-]+)\1\)|([\w.]+))\.(\w+)\(([\s\S]*)\)(?:\.\w+\(\))*$/;
const ADMIN = /^db\.(?:adminCommand|runCommand)\(\s*(?:\{\s*)?['"]?(ping|hello)['"]?/;

/** The databases of one mongod, in its data directory: a file for each. */
export class MongoData {
  readonly #files: FileTree;
  readonly #directory: string;
  #ids = 0;

  constructor(files: FileTree, directory: string) {
    this.#files = files;
    this.#directory = directory;
  }

  /** Carries out one line of the shell's language; the answer is what the shell prints. */
  evaluate(line: string, database: string): string {
    const text = line.trim().replace(/;$/, '');
    if (text === 'show dbs' || text === 'show databases') return this.#databases().join('\n');
    const collections = this.#read(database);
    if (text === 'show collections' || text === 'show tables')
      return Object.keys(collections).sort().join('\n');
    if (text === 'db') return database;
    if (ADMIN.test(text)) return '{ ok: 1 }';
    const m = CALL.exec(text);
    if (m === null) return `ReferenceError: ${text.split(/\W/)[0]} is not defined`;
    const name = m[2] ?? (m[3] as string);
    const args = relaxed(`[${m[5]}]`);
    if (!Array.isArray(args)) return `SyntaxError: Unexpected token`;
    return this.#call(collections, database, name, m[4] as string, args);
  }

  #call(
    collections: Collections,
    database: string,
    name: string,
    method: string,
    args: readonly unknown[],
  ): string {
    const documents = collections[name] ?? [];
    const [first] = args;
    const filter = isObject(first as JsonObject) ? (first as JsonObject) : {};
    const save = (list: JsonObject[]): boolean => this.#write(database, { ...collections, [name]: list });
    const matching = documents.filter((document) => matches(document, filter));
    switch (method) {
      case 'insertOne':
      case 'insertMany': {
        const given = (Array.isArray(first) ? first : [first]).filter((item) => isObject(item as JsonObject));
        const added = given.map((item) => ({ _id: this.#newId(documents.length), ...(item as JsonObject) }));
        if (documents.length + added.length > MAX_DOCUMENTS || !save([...documents, ...added]))
          return 'MongoServerError: No space left on device';
        return `{ acknowledged: true, insertedCount: ${added.length} }`;
      }
      case 'find':
        return matching.map(shown).join('\n');
      case 'findOne':
        return matching[0] === undefined ? 'null' : shown(matching[0]);
      case 'countDocuments':
      case 'count':
        return String(matching.length);
      case 'deleteOne':
      case 'deleteMany': {
        const gone = new Set(method === 'deleteOne' ? matching.slice(0, 1) : matching);
        save(documents.filter((document) => !gone.has(document)));
        return `{ acknowledged: true, deletedCount: ${gone.size} }`;
      }
      case 'drop':
        return String(save([]));
      default:
        return `TypeError: db.${name}.${method} is not a function`;
    }
  }

  #newId(base: number): string {
    this.#ids++;
    return (base + this.#ids).toString(16).padStart(24, '0');
  }

  #databases(): readonly string[] {
    const listed = this.#files.list(this.#directory);
    const names = listed.ok ? listed.value.filter((file) => file.endsWith('.wt')) : [];
    return [...new Set(['admin', 'config', 'local', ...names.map((file) => file.slice(0, -3))])].sort();
  }

  #read(database: string): Collections {
    const read = this.#files.read(`${this.#directory}/${encodeURIComponent(database)}.wt`);
    const found = read.ok ? relaxed(read.value) : undefined;
    return isObject(found as JsonObject) ? (found as Collections) : {};
  }

  #write(database: string, collections: Collections): boolean {
    const path = `${this.#directory}/${encodeURIComponent(database)}.wt`;
    if (!makeDirectories(this.#files, directoryOf(path)).ok) return false;
    return this.#files.write(path, JSON.stringify(collections)).ok;
  }
}

function matches(document: JsonObject, filter: JsonObject): boolean {
  return Object.entries(filter).every(
    ([key, value]) => JSON.stringify(document[key]) === JSON.stringify(value),
  );
}

function shown(document: JsonObject): string {
  const fields = Object.entries(document).map(([key, value]) => {
    const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
    return `${key}: ${key === '_id' ? `ObjectId(${text})` : text}`;
  });
  return `{ ${fields.join(', ')} }`;
}

/** JSON as people write it in a shell: names without quotes, texts in single ones. */
function relaxed(text: string): unknown {
  const strict = text.replace(
    /'((?:[^'\\]|\\.)*)'|"(?:[^"\\]|\\.)*"|([{,]\s*)([A-Za-z_$][\w$]*)(?=\s*:)/g,
    (whole, single: string | undefined, before: string | undefined, name: string | undefined) => {
      if (single !== undefined) return JSON.stringify(single);
      return name === undefined ? whole : `${before}"${name}"`;
    },
  );
  try {
    return JSON.parse(strict);
  } catch {
    // No JSON, however kindly it is read.
    return undefined;
  }
}
