// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shell scripts are full of them.
import { beforeAll, describe, expect, it } from 'vitest';
import { TestMachine } from '../runtime/machine.ts';

/** A machine with an nginx (10.244.1.2, also `web`), a redis (.3) and a toolbox (.4). */
function harbour() {
  const m = new TestMachine();
  const web = m.pod('nginx');
  m.pod('redis');
  const box = m.pod('nicolaka/netshoot', {
    command: ['sleep', 'infinity'],
    env: [{ name: 'COLOR', value: 'blue' }],
  });
  m.fabric.setPublicName('web', web.network.ip);
  return { m, id: box.id };
}

describe('in a shell', () => {
  let h: ReturnType<typeof harbour>;
  beforeAll(() => {
    h = harbour();
  });

  it.each<[string, string, string]>([
    ['echo joins its arguments', 'echo a   "b  c"', 'a b  c\n'],
    ['echo -n and -e are understood', "echo -n a; echo -e 'b\\tc'", 'ab\tc\n'],
    ['single quotes keep everything', 'echo \'$COLOR "x"\'', '$COLOR "x"\n'],
    ['variables come from the environment', 'echo $COLOR ${COLOR}ish "$COLOR"', 'blue blueish blue\n'],
    [
      'defaults stand in for what is not set',
      'echo ${NONE:-x} ${COLOR:-y} ${NONE-} ${COLOR:+z} ${#COLOR}',
      'x blue z 4\n',
    ],
    ['assignments last', 'a=1; b="$a 2"; echo $b', '1 2\n'],
    [
      'an assignment before a command is for that command',
      'COLOR=red printenv COLOR; echo $COLOR',
      'red\nblue\n',
    ],
    ['export reaches children', 'A=1; export B=2; env | grep -E "^(A|B)="', 'B=2\n'],
    ['commands are substituted', 'echo "<$(echo a; echo b)>" `echo c`', '<a\nb> c\n'],
    ['arithmetic is done', 'i=4; echo $((i * (2 + 3) % 7)) $((i > 3 && i != 5))', '6 1\n'],
    ['&& and || choose', 'true && echo a || echo b; false && echo c || echo d', 'a\nd\n'],
    ['pipes connect', 'echo "b\na" | cat; printf "b\\na\\n" | sort | head -n 1', 'b\na\na\n'],
    ['the status of the last command is kept', 'false; echo $?; true; echo $?', '1\n0\n'],
    [
      'if, elif and else',
      'if [ $COLOR = red ]; then echo r; elif test -n "$COLOR"; then echo n; else echo e; fi',
      'n\n',
    ],
    ['while counts', 'i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done', '1\n2\n3\n'],
    [
      'until, break and continue',
      'i=0; until false; do i=$((i+1)); [ $i = 2 ] && continue; [ $i -ge 4 ] && break; echo $i; done',
      '1\n3\n',
    ],
    ['for goes through words', 'for x in a "b c" $(seq 2); do echo "<$x>"; done', '<a>\n<b c>\n<1>\n<2>\n'],
    [
      'files are written, appended and read',
      'echo a > /tmp/f; echo b >> /tmp/f; cat < /tmp/f; wc -l /tmp/f',
      'a\nb\n2\n',
    ],
    [
      'errors go where they are sent',
      'ls /nope 2>/dev/null; ls /nope 2>&1 | cat',
      'ls: /nope: No such file or directory\n',
    ],
    ['here-documents', 'cat <<EOF\n$COLOR\nx\nEOF\necho end', 'blue\nx\nend\n'],
    ['read takes a line', 'printf "a b c\\nd\\n" | while read x y; do echo "$y/$x"; done', 'b c/a\n/d\n'],
    [
      'subshells do not change their parent',
      'x=1; (x=2; cd /tmp); echo $x $(pwd)',
      '1 /root\n'.replace('/root', '/'),
    ],
    [
      'file name patterns',
      'cd /tmp; mkdir -p g; touch g/a.txt g/b.txt g/c; echo g/*.txt',
      'g/a.txt g/b.txt\n',
    ],
    ['comments and line ends', 'echo a # no\n\necho b \\\n c', 'a\nb c\n'],
    ['traps run at the end', "trap 'echo bye' EXIT; echo hi", 'hi\nbye\n'],
    ['an unknown command is not found', 'frobnicate; echo $?', 'sh: frobnicate: not found\n127\n'],
    ['set -e stops at a failure', 'set -e; false || true; echo a; false; echo b', 'a\n'],
    ['a syntax error is told', 'echo (', 'sh: syntax error: unexpected "("\n'],
    [
      '$0, $1 and "$@" are the arguments',
      'sh -c \'echo $0 $1 $#; for a in "$@"; do echo "<$a>"; done\' x "a b" c',
      'x a b 2\n<a b>\n<c>\n',
    ],
    ['eval and exec', 'eval "echo $COLOR"; exec echo last; echo never', 'blue\nlast\n'],
    [
      'bash, ash and zsh are shells too',
      'bash -c "echo a"; ash -c "echo b"; zsh -c "nosuch"',
      'a\nb\nzsh: nosuch: not found\n',
    ],
    ['env prints and sets', 'env | grep COLOR; env COLOR=red printenv COLOR', 'COLOR=blue\nred\n'],
    ['hostname', 'hostname; hostname -i', 'pod-3\n10.244.1.4\n'],
    ['date', 'date -u +%Y-%m-%d', '2026-01-05\n'],
    ['id, whoami and uname', 'id -u; whoami; uname', '0\nroot\nLinux\n'],
    ['basename, dirname and pwd', 'basename /a/b.txt .txt; dirname /a/b.txt; pwd', 'b\n/a\n/\n'],
    [
      'cp, mv and rm',
      'cd /tmp; echo x > p; cp p q; mv q r; cat r; rm p r; ls p',
      'x\nls: p: No such file or directory\n',
    ],
    ['tee', 'echo x | tee /tmp/t; cat /tmp/t', 'x\nx\n'],
    [
      'cut, tr, uniq, tail and sed',
      'printf "b:1\\nb:1\\na:2\\n" | cut -d: -f1 | tr a-z A-Z | uniq -c | tail -n 1 | sed "s/A/z/"',
      '      1 z\n',
    ],
    ['grep -v -c -i', 'printf "One\\ntwo\\n" | grep -i ONE; printf "a\\nb\\n" | grep -vc a', 'One\n1\n'],
    [
      'ps shows the container',
      'ps | head -n 2',
      'PID   USER     TIME  COMMAND\n    1 root      0:00 sleep infinity\n',
    ],
    ['kill says when there is nobody', 'kill 99', "sh: can't kill pid 99: No such process\n"],
    ['ip shows the address', 'ip addr | grep -c 10.244.1.4', '1\n'],
    ['df and nproc answer', 'df | wc -l; nproc', '2\n4\n'],
    ['true and false', 'true; echo $?; false; echo $?', '0\n1\n'],
    ['sleep wants a number', 'sleep x', "sleep: invalid number 'x'\n"],
    ['curl', 'curl -s web | grep -o "<title>.*" | head -n 1', '<title>Welcome to nginx!</title>\n'],
    ['curl -o -w', 'curl -s -o /dev/null -w "%{http_code}\\n" http://web/nope', '404\n'],
    [
      'curl -f',
      'curl -fsS http://web/nope; echo $?',
      'curl: (22) The requested URL returned error: 404\n22\n',
    ],
    [
      'curl on a closed port',
      'curl http://10.244.1.2:81',
      'curl: (7) Failed to connect to 10.244.1.2 port 81 after 0 ms: Could not connect to server\n',
    ],
    ['curl without such a name', 'curl nowhere', 'curl: (6) Could not resolve host: nowhere\n'],
    [
      'curl -m on a silent address',
      'curl -m 2 http://10.244.1.77',
      'curl: (28) Connection timed out after 2000 milliseconds\n',
    ],
    ['curl -I', 'curl -sI web | head -n 1 | tr -d "\\r"', 'HTTP/1.1 200 OK\n'],
    ['wget', 'wget -qO- web | grep -c nginx.', '4\n'],
    [
      'wget on a closed port',
      'wget -qO- http://10.244.1.2:81',
      "wget: can't connect to remote host (10.244.1.2): Connection refused\n",
    ],
    ['wget without such a name', 'wget -qO- nowhere', "wget: bad address 'nowhere'\n"],
    ['wget with a timeout', 'wget -T 2 -qO- 10.244.1.77', 'wget: download timed out\n'],
    ['wget on an error', 'wget -qO- web/nope', 'wget: server returned error: HTTP/1.1 404 Not Found\n'],
    [
      'nc -zv',
      'nc -zv web 80; nc -zv 10.244.1.2 81',
      'web (10.244.1.2:80) open\nnc: 10.244.1.2 (10.244.1.2:81): Connection refused\n',
    ],
    [
      'nslookup finds',
      'nslookup web',
      'Server:\t\t192.168.0.1\nAddress:\t192.168.0.1:53\n\nName:\tweb\nAddress: 10.244.1.2\n\n',
    ],
    ['nslookup does not find', 'nslookup nowhere | tail -n 2', "** server can't find nowhere: NXDOMAIN\n\n"],
    [
      'ping counts',
      'ping -c 2 web | tail -n 1',
      '2 packets transmitted, 2 packets received, 0% packet loss\n',
    ],
  ])('%s', (_, script, output) => {
    expect(h.m.sh(h.id, script)).toBe(output);
  });

  it('redis-cli and psql say when nobody is there', () => {
    const redis = h.m.pod('redis', { command: ['sleep', '100000'] });
    expect(h.m.sh(redis.id, 'redis-cli -h 10.244.1.2 ping')).toBe(
      'Could not connect to Redis at 10.244.1.2:6379: Connection refused\n',
    );
    expect(h.m.sh(redis.id, 'redis-cli -h 10.244.1.3 ping')).toBe('PONG\n');
    const pg = h.m.pod('postgres', { command: ['sleep', '100000'] });
    expect(h.m.sh(pg.id, 'psql -h 10.244.1.2 -c "select 1"')).toContain(
      'port 5432 failed: Connection refused',
    );
    expect(h.m.sh(pg.id, 'pg_isready')).toBe('/var/run/postgresql:5432 - no response\n');
  });
});

describe('a container whose process is a command', () => {
  it.each<[string, string[] | undefined, string, number, string]>([
    ['a shell without input ends at once', undefined, 'exited', 0, ''],
    ['echo says its word and ends', ['echo', 'hi'], 'exited', 0, 'hi\n'],
    ['a script ends with its exit code', ['sh', '-c', 'echo bad >&2; exit 4'], 'exited', 4, 'bad\n'],
    ['sleep goes on', ['sleep', '3600'], 'running', 0, ''],
    ['a loop goes on', ['/bin/sh', '-c', 'while true; do echo tick; sleep 10; done'], 'running', 0, 'tick\n'],
    ['tail -f /dev/null goes on', ['tail', '-f', '/dev/null'], 'running', 0, ''],
    [
      'a tool that does not exist in a script',
      ['sh', '-c', 'nosuch'],
      'exited',
      127,
      'sh: nosuch: not found\n',
    ],
  ])('%s', (_, command, state, exitCode, log) => {
    const m = new TestMachine();
    const { id } = m.pod('busybox', command === undefined ? {} : { command });
    expect(m.status(id)).toMatchObject({ state, exitCode });
    expect(m.logs(id)).toBe(log);
  });

  it('costs little in a loop that never waits, and counts as busy', () => {
    const m = new TestMachine();
    const { id } = m.pod('busybox', { command: ['sh', '-c', 'while true; do :; done'] });
    const before = m.sim.events;
    m.run(600_000);
    expect(m.sim.events - before).toBeLessThan(1000);
    expect(m.status(id).state).toBe('running');
    expect(m.runtime.containerStats(id)?.cpu).toBeGreaterThan(800);
  });

  it('traps SIGTERM after the command it is at', () => {
    const m = new TestMachine();
    const script = "trap 'echo leaving; exit 0' TERM; while true; do sleep 2; done";
    const { id } = m.pod('busybox', { command: ['sh', '-c', script] });
    m.runtime.stopContainer(id, 30_000, () => {});
    m.run(3000);
    expect(m.status(id)).toMatchObject({ state: 'exited', exitCode: 0 });
    expect(m.logs(id)).toBe('leaving\n');
  });

  it.each([
    ['deep nesting', `${'('.repeat(200)}echo${')'.repeat(200)}`],
    ['endless substitution', 'f="sh -c \\"\\$f\\""; sh -c "$f"'],
    ['a pattern against itself', `echo ${'*'.repeat(200)}x`],
    ['an endless pipe of text', 'x=aaaaaaaaaaaaaaaa; for i in $(seq 30); do x=$x$x; done; echo ${#x}'],
    ['unterminated quotes', `echo "${'"$('.repeat(100)}`],
  ])('survives %s', (_, script) => {
    const m = new TestMachine();
    const { id } = m.pod('busybox', { command: ['sh', '-c', script] });
    m.run(60_000);
    expect(m.status(id).state).toBe('exited');
  });
});
