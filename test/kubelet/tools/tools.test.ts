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
    [
      'printf and echo -e write any character',
      "printf 'a\\x41\\u00e9\\a'; echo -e '\\x42'",
      'aA\u00e9\u0007B\n',
    ],
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
      'echo a > /tmp/f; echo b >> /tmp/f; cat < /tmp/f; wc -l /tmp/f; wc -l < /tmp/f',
      'a\nb\n2 /tmp/f\n2\n',
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
    [
      'case takes the first pattern that fits',
      'for x in a.txt b c; do case $x in *.txt) echo text;; b|d) echo $x ;; *) echo other; esac; done',
      'text\nb\nother\n',
    ],
    [
      'functions have arguments, locals and a status',
      'f() { local v=in; echo "$1 $# $v"; return 3; }; v=out; f a b; echo $? $v $#',
      'a 2 in\n3 out 0\n',
    ],
    ['functions stand in pipes', 'up() { tr a-z A-Z; }\necho abc | up', 'ABC\n'],
    [
      'a function that calls itself for ever is stopped',
      'f() { f; }; f; echo never',
      'sh: maximum function nesting level exceeded\n',
    ],
    ['[[ is [', '[[ 1 -lt 2 ]] && echo yes', 'yes\n'],
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

  // Expectations are what busybox and coreutils print.
  it.each<[string, string, string]>([
    ['base64 keeps a text without newline as it is', 'echo -n secret | base64', 'c2VjcmV0\n'],
    ['base64 -d', 'echo c2VjcmV0 | base64 -d; echo c2Vj | base64 --decode', 'secretsec'],
    [
      'base64 breaks lines at 76, or where told',
      'seq 30 | base64 | head -n 1 | wc -c; seq 30 | base64 -w0 | wc -l',
      '77\n0\n',
    ],
    ['base64 refuses what is none', 'echo "%%" | base64 -d; echo $?', 'base64: invalid input\n1\n'],
    ['xargs appends words', 'printf "a b\\nc\\n" | xargs echo x', 'x a b c\n'],
    [
      'xargs -n and -I',
      'printf "a\\nb\\n" | xargs -n1 echo x; printf "a b\\nc\\n" | xargs -I{} echo "<{}>"',
      'x a\nx b\n<a b>\n<c>\n',
    ],
    ['xargs -r runs nothing on nothing', 'printf "" | xargs -r echo x; printf "" | xargs echo y', 'y\n'],
    [
      'xargs tells failures',
      'echo a | xargs false; echo $?; echo a | xargs nosuch; echo $?',
      '123\nxargs: nosuch: No such file or directory\n127\n',
    ],
    [
      'find by name and type',
      'mkdir -p /tmp/fd/d; echo x > /tmp/fd/a.txt; touch /tmp/fd/d/b.txt /tmp/fd/c; find /tmp/fd -name "*.txt"; find /tmp/fd -type d; cd /tmp/fd; find . -maxdepth 1 -type f',
      '/tmp/fd/a.txt\n/tmp/fd/d/b.txt\n/tmp/fd\n/tmp/fd/d\n./a.txt\n./c\n',
    ],
    [
      'find ! -empty -exec',
      'find /tmp/fd -type f ! -empty -exec cat {} \\; ; find /tmp/fd -empty -type f',
      'x\n/tmp/fd/c\n/tmp/fd/d/b.txt\n',
    ],
    [
      'find complains',
      'find /nope; find /tmp -frob x',
      'find: /nope: No such file or directory\nfind: unrecognized: -frob\n',
    ],
    ['awk prints fields', 'printf "a b c\\nd e f\\n" | awk \'{print $1, $3}\'', 'a c\nd f\n'],
    [
      'awk -F, NR, NF and patterns',
      'printf "x:1\\ny:2\\nz:3\\n" | awk -F: \'NR>1 && $2<3 {print NR": "$1" of "NF}\'',
      '2: y of 2\n',
    ],
    [
      'awk sums up',
      'printf "1\\n2\\n3.5\\n" | awk \'{s+=$1} END {print s, s/NR; printf "%05.1f|%-4s|\\n", s, "x"}\'',
      '6.5 2.16667\n006.5|x   |\n',
    ],
    [
      'awk matches expressions',
      'printf "web-1 Running\\nweb-2 Error\\n" | awk \'/Err/ {print $1} $2 !~ /^R/ {n++} END {print n+0}\'',
      'web-2\n1\n',
    ],
    [
      'awk counts in arrays',
      'printf "a\\nb\\na\\n" | awk \'{c[$1]++} END {for (k in c) print k, c[k]}\' | sort',
      'a 2\nb 1\n',
    ],
    [
      'awk has conditions, loops and functions',
      'awk -v n=3 \'BEGIN {for (i=1; i<=n; i++) if (i%2) s = s i ","; else s = s "-"; gsub(/,/, ";", s); print toupper(substr("abc", 2)), length(s), s}\'',
      'BC 5 1;-3;\n',
    ],
    ['awk changes fields', 'echo "a b c" | awk \'{$2="x"; print; print $NF}\'', 'a x c\nc\n'],
    [
      'awk tells syntax errors',
      'awk "{print" </dev/null; awk "BEGIN {print 1/0}"; awk "BEGIN {foo(1)}"',
      'awk: unexpected end of program\nnan\nawk: division by zero\nawk: call to undefined function foo\n'.replace(
        'nan\n',
        '',
      ),
    ],
    ['diff is silent over the same', 'echo a > /tmp/x; echo a > /tmp/y; diff /tmp/x /tmp/y; echo $?', '0\n'],
    [
      'diff shows what changed',
      'printf "a\\nb\\n" > /tmp/x; printf "a\\nc\\n" > /tmp/y; diff /tmp/x /tmp/y; echo $?',
      '--- /tmp/x\n+++ /tmp/y\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n1\n',
    ],
    [
      'diff wants files',
      'diff /tmp/x /nope; echo $?',
      "diff: can't stat '/nope': No such file or directory\n2\n",
    ],
    [
      'cmp tells where',
      'cmp /tmp/x /tmp/y; cmp -s /tmp/x /tmp/x; echo $?',
      '/tmp/x /tmp/y differ: char 3, line 2\n0\n',
    ],
    [
      'sort by field and size',
      'printf "b 10\\na 9\\nc 1\\n" | sort -k2 -n | cut -d" " -f1 | xargs; printf "2K\\n1M\\n5\\n" | sort -h | xargs; printf "a:2\\nb:1\\n" | sort -t: -k2',
      'c a b\n5 2K 1M\nb:1\na:2\n',
    ],
    ['uniq -d and -u', 'printf "a\\na\\nb\\n" | uniq -d; printf "a\\na\\nb\\n" | uniq -u', 'a\nb\n'],
    [
      'head -c, head -n -1, tail -c, tail -n +2',
      'echo abcdef | head -c 3; echo; seq 3 | head -n -1 | xargs; printf abc | tail -c 2; echo; seq 3 | tail -n +2 | xargs',
      'abc\n1 2\nbc\n2 3\n',
    ],
    [
      'tr -d, -s and -c',
      'echo aabbc | tr -s a-b; echo a1b2 | tr -d 0-9; echo "a-1!" | tr -cd "[:alnum:]"; echo; echo abc | tr "[:lower:]" "[:upper:]"',
      'abc\nab\na1\nABC\n',
    ],
    ['cut -c', 'echo abcdef | cut -c2-4,6', 'bcdf\n'],
    [
      'grep -n -o -A -B -r -l -m',
      'printf "a1\\nb\\nc2\\nd\\n" > /tmp/fd/g; cd /tmp/fd; grep -n c2 g; grep -o "[0-9]" g; grep -A1 a1 g; grep -B1 c2 g; grep -rl c2 .; grep -m1 . g; grep -c . g',
      '3:c2\n1\n2\na1\nb\nb\nc2\n./g\na1\n4\n',
    ],
    [
      'grep names files when there are several',
      'cd /tmp/fd; grep a1 g a.txt; grep nosuch g; echo $?; grep x /nope; echo $?',
      'g:a1\n1\ngrep: /nope: No such file or directory\n2\n',
    ],
    [
      'sed addresses, prints and deletes',
      'seq 5 | sed -n 2,3p | xargs; seq 5 | sed "2d;\\$d" | xargs; seq 3 | sed -n "/2/p"; seq 3 | sed 1q',
      '2 3\n1 3 4\n2\n1\n',
    ],
    [
      'sed -i, -E, -e and other separators',
      'echo "a/b 12" > /tmp/s; sed -i "s#a/b#x#" /tmp/s; sed -E -e "s/([0-9])([0-9])/\\2\\1/" -e "s/x/<&>/g" /tmp/s',
      '<x> 21\n',
    ],
    ['sed says what it cannot do', 'echo a | sed y/a/b/', "sed: unsupported command 'y/a/b/'\n"],
    ['wc -w and all three', 'echo "a b" | wc -w; echo "a b" | wc', '2\n        1         2         4\n'],
    [
      'tac, rev and nl',
      'printf "a\\nb\\n" | tac | xargs; echo abc | rev; printf "a\\nb\\n" | nl',
      'b a\ncba\n     1\ta\n     2\tb\n',
    ],
    ['expr', 'expr 2 + 3; expr 7 / 2; expr 1 = 2; expr a : "[a-z]*"', '5\n3\n0\n1\n'],
    [
      'which, type and command',
      'which ls nosuch; type cd ls; command -v ls; command echo hi; which nosuch || echo none',
      '/bin/ls\ncd is a shell builtin\nls is /bin/ls\n/bin/ls\nhi\nnone\n',
    ],
    ['date', 'date | cut -c1-11; date -I; date +"%e %j %y"', 'Mon Jan  5 \n2026-01-05\n 5 005 26\n'],
    [
      'rmdir, stat, realpath and du',
      'mkdir -p /tmp/r/s; rmdir /tmp/r; rmdir /tmp/r/s /tmp/r && echo gone; stat -c "%s %F" /tmp/x; realpath /tmp/../etc; du -s /tmp/x',
      "rmdir: '/tmp/r': Directory not empty\ngone\n4 regular file\n/etc\n4\t/tmp/x\n",
    ],
    [
      'chmod wants a file that is there',
      'chmod +x /tmp/x && echo ok; chmod 600 /nope',
      'ok\nchmod: /nope: No such file or directory\n',
    ],
    [
      'timeout ends what takes too long',
      'timeout 2 sleep 60; echo $?; timeout 5 echo in time',
      '124\nin time\n',
    ],
    ['ss and netstat show who listens', 'ss -ltn | tail -n +2; netstat -ltn | tail -n +3', ''],
    [
      'dig and host',
      'dig +short web; host web; host nowhere',
      '10.244.1.2\nweb has address 10.244.1.2\nHost nowhere not found: 3(NXDOMAIN)\n',
    ],
    [
      'telnet',
      'telnet 10.244.1.2 81',
      "telnet: can't connect to remote host (10.244.1.2): Connection refused\n",
    ],
    ['ifconfig', 'ifconfig | grep -o "inet addr:[0-9.]*" | head -n 1', 'inet addr:10.244.1.4\n'],
    ["free and nproc are the machine's", "free -m | awk '/Mem/ {print $2}'; nproc", '8192\n4\n'],
    [
      'top -b and ps',
      'top -b | head -n 3 | tail -n 1; pidof sleep; pgrep -l sleep',
      '    1 root     S    sleep infinity\n1\n1 sleep\n',
    ],
    [
      'tar packs, lists and unpacks',
      'mkdir -p /tmp/a/b; echo x > /tmp/a/b/c; cd /tmp; tar cf a.tar a; tar tf a.tar; mkdir out; tar -xf a.tar -C out; cat out/a/b/c; cat a.tar | tar t -f - | wc -l',
      'a/\na/b/\na/b/c\nx\n3\n',
    ],
    [
      'tar refuses what is none',
      'echo x > /tmp/n; tar xf /tmp/n; tar cf - /nope | wc -c',
      "tar: invalid tar magic\ntar: /nope: No such file or directory\ntar: removing leading '/' from member names\n1024\n",
    ],
    ['pagers print', 'echo a | less; echo b | more; clear', 'a\nb\n'],
    [
      'apk finds no network',
      'apk add curl; echo $?',
      'WARNING: updating and opening https://dl-cdn.alpinelinux.org/alpine/v3.22/main: temporary error (try again later)\nERROR: unable to select packages:\n  curl (no such package):\n    required by: world[curl]\n1\n',
    ],
  ])('%s', (_, script, output) => {
    expect(h.m.sh(h.id, script)).toBe(output);
  });

  it.each([
    ['ps', 'sh: ps: not found\n127\n'],
    ['ip addr', 'sh: ip: not found\n127\n'],
    ['ping web', 'sh: ping: not found\n127\n'],
    ['wget web', 'sh: wget: not found\n127\n'],
    ['vi x', 'sh: vi: not found\n127\n'],
    [
      'apt-get install -y procps',
      'Reading package lists... Done\nBuilding dependency tree... Done\nE: Unable to locate package procps\n100\n',
    ],
    ['nginx -v', 'nginx version: nginx/1.29.3\n0\n'],
  ])('a container of nginx has what its image has: %s', (line, output) => {
    const web = h.m.pod('nginx:1.29.3');
    expect(h.m.sh(web.id, `${line}; echo $?`)).toBe(output);
  });

  it('nginx -s reload reads the configuration anew', () => {
    const web = h.m.pod('nginx');
    const { ip } = web.network;
    h.m.sh(
      web.id,
      'printf "server {\\n listen 8080;\\n return 200 moved;\\n}\\n" > /etc/nginx/conf.d/default.conf',
    );
    expect(h.m.get(ip, 8080).outcome).toBe('refused');
    expect(h.m.sh(web.id, 'nginx -t && nginx -s reload')).toContain('syntax is ok');
    h.m.run(1);
    expect(h.m.get(ip, 8080).body).toBe('moved');
    expect(h.m.get(ip, 80).outcome).toBe('refused');
  });

  it('watch runs a command again and again', () => {
    const box = h.m.pod('busybox', { command: ['watch', '-n', '10', 'echo tick'] });
    h.m.run(15_000);
    expect(h.m.logs(box.id)).toBe('Every 10.0s: echo tick\n\ntick\n\nEvery 10.0s: echo tick\n\ntick\n\n');
  });

  it.each([
    ['an endless loop of awk', "awk 'BEGIN {while (1) i++}'; echo $?", 'awk: the program does not end\n2\n'],
    ['nesting without end', `awk 'BEGIN {print ${'('.repeat(2000)}1}'`, 'awk: nested too deep\n'],
    ['a bad pattern', "echo a | awk '/(/'", "awk: bad regex '('\n"],
  ])('awk survives %s', (_, script, output) => {
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
