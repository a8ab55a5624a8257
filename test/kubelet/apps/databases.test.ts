import { describe, expect, it } from 'vitest';
import { VolumeFiles } from '../../../src/kubelet/files.ts';
import { TestMachine } from '../runtime/machine.ts';

const env = (values: Record<string, string>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

/** Image, where it keeps its rows, what it must be told, how something is put in and got out. */
const SERVERS: [string, string, Record<string, string>, string, string, string][] = [
  [
    'postgres:16',
    '/var/lib/postgresql/data',
    { POSTGRES_PASSWORD: 'x' },
    `psql -U postgres -c "create table t (id serial primary key, name text); insert into t (name) values ('ahoy')"`,
    `psql -U postgres -t -c 'select id, name from t'`,
    '1 | ahoy',
  ],
  [
    'mysql:8.4',
    '/var/lib/mysql',
    { MYSQL_ROOT_PASSWORD: 'x', MYSQL_DATABASE: 'shop' },
    `mysql -uroot -px shop -e "create table t (id int auto_increment primary key, name varchar(20)); insert into t (name) values ('ahoy')"`,
    `mysql -uroot -px -N -e 'select name from t' shop`,
    'ahoy',
  ],
  [
    'mongo:8',
    '/data/db',
    {},
    `mongosh --quiet --eval "db.t.insertOne({name: 'ahoy', n: 3})" shop`,
    `mongosh --quiet --eval "db.t.find({n: 3})" shop`,
    "name: 'ahoy'",
  ],
  ['redis:7', '/data', {}, 'redis-cli set name ahoy', 'redis-cli get name', 'ahoy'],
];

describe.each(SERVERS)('%s', (image, directory, values, put, get, wanted) => {
  it('finds what it was given on the same volume, and not without', () => {
    const m = new TestMachine();
    const mounts = [{ mountPath: directory, files: new VolumeFiles(), path: '', readOnly: false }];
    const first = m.pod(image, { mounts, env: env(values) });
    m.run(20_000);
    m.sh(first.id, put);
    expect(m.sh(first.id, get)).toContain(wanted);
    m.runtime.stopContainer(first.id, 30_000, () => {});
    m.run(31_000);
    const second = m.pod(image, { mounts, env: env(values) });
    m.run(20_000);
    expect(m.sh(second.id, get)).toContain(wanted);
    const other = m.pod(image, { env: env(values) });
    m.run(20_000);
    expect(m.sh(other.id, get)).not.toContain(wanted);
  });
});

it.each<[string, Record<string, string>, number, string]>([
  ['postgres:17', {}, 1, 'superuser password is not specified'],
  ['mysql:8.0', {}, 1, 'Database is uninitialized and password option is not specified'],
  ['mariadb:11', {}, 1, 'password option is not specified'],
  ['mysql:8.0', { MYSQL_ROOT_PASSWORD: 'x', MYSQL_USER: 'root' }, 1, 'cannot be used for the root user'],
  ['mongo:7', { MONGO_INITDB_ROOT_USERNAME: 'root' }, 1, 'both must be specified'],
])('%s with %j ends with %i and says why', (image, values, code, says) => {
  const m = new TestMachine();
  const { id } = m.pod(image, { env: env(values) });
  m.run(10_000);
  expect(m.status(id).exitCode).toBe(code);
  expect(m.logs(id)).toContain(says);
});

it('postgres 18 refuses the directory that older manifests mount', () => {
  const m = new TestMachine();
  const files = new VolumeFiles();
  const mounts = [{ mountPath: '/var/lib/postgresql/data', files, path: '', readOnly: false }];
  const { id } = m.pod('postgres', { mounts, env: env({ POSTGRES_PASSWORD: 'x' }) });
  m.run(5000);
  expect(m.status(id).exitCode).toBe(1);
  expect(m.logs(id)).toContain('Error: in 18+');
});

describe('who may come in', () => {
  it('postgres trusts its own container and asks others for the password it was set up with', () => {
    const m = new TestMachine();
    const { network, id } = m.pod('postgres:16', {
      env: env({ POSTGRES_USER: 'app', POSTGRES_PASSWORD: 'secret', POSTGRES_DB: 'shop' }),
    });
    m.run(5000);
    const client = m.pod('postgres:16', { command: ['sleep', '3600'] }).id;
    const ask = (password: string, database = 'shop') =>
      m.sh(client, `PGPASSWORD=${password} psql -h ${network.ip} -U app -d ${database} -c 'select 1' 2>&1`);
    expect(m.sh(id, "psql -U app -d shop -c 'select 1'")).toContain('(1 row)');
    expect(ask('secret')).toContain('(1 row)');
    expect(ask('wrong')).toContain('FATAL:  password authentication failed for user "app"');
    expect(ask('')).toContain('fe_sendauth: no password supplied');
    expect(ask('secret', 'nope')).toContain('FATAL:  database "nope" does not exist');
  });

  it('mysql asks everybody', () => {
    const m = new TestMachine();
    const { id } = m.pod('mysql:8.0', { env: env({ MYSQL_ROOT_PASSWORD: 'secret' }) });
    m.run(20_000);
    expect(m.sh(id, 'mysqladmin ping -uroot -psecret')).toContain('mysqld is alive');
    expect(m.sh(id, "mysql -uroot -pwrong -e 'show databases' 2>&1")).toContain(
      "ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)",
    );
    expect(m.sh(id, "mysql -uroot -psecret -e 'select * from nope' 2>&1")).toContain('No database selected');
  });

  it('redis with a password wants it first, and reads a configuration file', () => {
    const m = new TestMachine();
    const files = new VolumeFiles();
    files.set('redis.conf', 'maxmemory 2mb\nmaxmemory-policy allkeys-lru\nrequirepass secret\n');
    const mounts = [{ mountPath: '/redis-master', files, path: '', readOnly: true }];
    const { id } = m.pod('redis:8', { mounts, command: ['redis-server', '/redis-master/redis.conf'] });
    expect(m.sh(id, 'redis-cli get x')).toContain('NOAUTH Authentication required.');
    expect(m.sh(id, 'redis-cli -a secret config get maxmemory')).toBe('maxmemory\n2097152\n');
    const lost = m.pod('redis:8', { command: ['redis-server', '/nope.conf'] });
    expect(m.status(lost.id).exitCode).toBe(1);
    expect(m.logs(lost.id)).toContain("can't open config file '/nope.conf'");
  });
});

describe('SQL', () => {
  const m = new TestMachine();
  const { id } = m.pod('postgres:16', { env: env({ POSTGRES_PASSWORD: 'x' }) });
  m.run(5000);
  const ask = (sql: string) => m.exec(id, 'psql', '-U', 'postgres', '-t', '-c', sql).output.trim();
  ask(
    "create table ships (id int primary key, name text not null, tons int); insert into ships values (1, 'Ada', 10), (2, 'Bea', 30), (3, 'Cyd', null)",
  );

  it.each([
    ['select name from ships where tons > 5 and id <> 2', 'Ada'],
    ['select count(*), sum(tons), max(name) from ships', '3 | 40 | Cyd'],
    ['select name from ships order by id desc limit 1', 'Cyd'],
    ["select name from ships where name like '_e%'", 'Bea'],
    ['select name from ships where tons is null', 'Cyd'],
    ['select 2 + 3 * 4 as n', '14'],
    ['select current_database()', 'postgres'],
    ["update ships set tons = tons + 1 where name = 'Ada'", 'UPDATE 1'],
    [
      "insert into ships values (1, 'Dee', 1)",
      'ERROR:  duplicate key value violates unique constraint "ships_pkey"',
    ],
    [
      'insert into ships (id) values (9)',
      'ERROR:  null value in column "name" of relation "ships" violates not-null constraint',
    ],
    ['select * from nope', 'ERROR:  relation "nope" does not exist'],
    ['select nope from ships', 'ERROR:  column "nope" of relation "ships" does not exist'],
    ['selec 1', 'ERROR:  syntax error at or near "selec"'],
    ['select (', 'ERROR:  syntax error at end of input'],
    ['delete from ships where id = 3', 'DELETE 1'],
    ['create table if not exists ships (id int)', 'CREATE TABLE'],
    ['create table ships (id int)', 'ERROR:  relation "ships" already exists'],
    ['drop table ships', 'DROP TABLE'],
  ])('%s', (sql, wanted) => {
    expect(ask(sql)).toBe(wanted);
  });

  it('takes hostile input for what it is', () => {
    expect(ask(`select ${'('.repeat(5000)}1`)).toContain('syntax error');
    expect(ask("select 'a\u0000b', \u2028")).toContain('syntax error');
    expect(
      ask(
        'create table __proto__ (constructor int); insert into __proto__ values (1); select constructor from __proto__',
      ),
    ).toContain('1');
  });
});
