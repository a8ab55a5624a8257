import { awk } from './awk.ts';
import { base64 } from './base64.ts';
import { basename } from './basename.ts';
import { browser } from './browser.ts';
import { cat } from './cat.ts';
import { chmod, chown } from './chmod.ts';
import { chroot } from './chroot.ts';
import { clear } from './clear.ts';
import { cmp } from './cmp.ts';
import { cp } from './cp.ts';
import { curl } from './curl.ts';
import { cut } from './cut.ts';
import { date } from './date.ts';
import { df } from './df.ts';
import { diff } from './diff.ts';
import { dig, host } from './dig.ts';
import { dirname } from './dirname.ts';
import { du } from './du.ts';
import { echo } from './echo.ts';
import { env } from './env.ts';
import { etcdctl } from './etcdctl.ts';
import { etcdutl } from './etcdsnapshot.ts';
import { expr } from './expr.ts';
import { no } from './false.ts';
import { find } from './find.ts';
import { free } from './free.ts';
import { grep } from './grep.ts';
import { head } from './head.ts';
import { hostname } from './hostname.ts';
import { id } from './id.ts';
import { ifconfig } from './ifconfig.ts';
import { ip } from './ip.ts';
import { kill } from './kill.ts';
import { ls } from './ls.ts';
import { mkdir } from './mkdir.ts';
import { mongosh } from './mongosh.ts';
import { less, more } from './more.ts';
import { mv } from './mv.ts';
import { mariadbAdmin, mariadbClient, mysqladmin, mysqlClient } from './mysql.ts';
import { nc } from './nc.ts';
import { nginx } from './nginx.ts';
import { nl } from './nl.ts';
import { nproc } from './nproc.ts';
import { nslookup } from './nslookup.ts';
import { apk, apt, aptGet } from './packages.ts';
import { pgrep, pidof, pkill } from './pgrep.ts';
import { ping } from './ping.ts';
import { printenv } from './printenv.ts';
import { printf } from './printf.ts';
import { ps } from './ps.ts';
import { pgIsReady, psql } from './psql.ts';
import { pwd } from './pwd.ts';
import { readlink, realpath } from './realpath.ts';
import { redisCli } from './redis-cli.ts';
import { rev } from './rev.ts';
import { rm } from './rm.ts';
import { rmdir } from './rmdir.ts';
import { sed } from './sed.ts';
import { seq } from './seq.ts';
import { ash, bash, sh, zsh } from './sh.ts';
import { sleep } from './sleep.ts';
import { sort } from './sort.ts';
import { netstat, ss } from './ss.ts';
import { stat } from './stat.ts';
import { tac } from './tac.ts';
import { tail } from './tail.ts';
import { tar } from './tar.ts';
import { tee } from './tee.ts';
import { telnet } from './telnet.ts';
import { bracket, doubleBracket, test } from './test.ts';
import { timeout } from './timeout.ts';
import type { Tool } from './tool.ts';
import { top } from './top.ts';
import { touch } from './touch.ts';
import { tr } from './tr.ts';
import { yes } from './true.ts';
import { uname } from './uname.ts';
import { uniq } from './uniq.ts';
import { nano, vi, vim } from './vi.ts';
import { watch } from './watch.ts';
import { wc } from './wc.ts';
import { wget } from './wget.ts';
import { which } from './which.ts';
import { whoami } from './whoami.ts';
import { xargs } from './xargs.ts';

const TOOLS: readonly Tool[] = [
  apk,
  apt,
  aptGet,
  ash,
  awk,
  base64,
  basename,
  bash,
  bracket,
  browser,
  cat,
  chmod,
  chown,
  chroot,
  clear,
  cmp,
  cp,
  curl,
  cut,
  date,
  df,
  diff,
  dig,
  dirname,
  doubleBracket,
  du,
  echo,
  env,
  etcdctl,
  etcdutl,
  expr,
  find,
  free,
  grep,
  head,
  host,
  hostname,
  id,
  ifconfig,
  ip,
  kill,
  less,
  ls,
  mariadbAdmin,
  mariadbClient,
  mkdir,
  mongosh,
  more,
  mv,
  mysqlClient,
  mysqladmin,
  nano,
  nc,
  netstat,
  nginx,
  nl,
  no,
  nproc,
  nslookup,
  pgIsReady,
  pgrep,
  pidof,
  ping,
  pkill,
  printenv,
  printf,
  ps,
  psql,
  pwd,
  readlink,
  realpath,
  redisCli,
  rev,
  rm,
  rmdir,
  sed,
  seq,
  sh,
  sleep,
  sort,
  ss,
  stat,
  tac,
  tail,
  tar,
  tee,
  telnet,
  test,
  timeout,
  top,
  touch,
  tr,
  uname,
  uniq,
  vi,
  vim,
  watch,
  wc,
  wget,
  which,
  whoami,
  xargs,
  yes,
  zsh,
];

const BY_NAME: ReadonlyMap<string, Tool> = new Map(TOOLS.map((tool) => [tool.name, tool]));

/** The tool of that name, if there is one. Whether a machine has it is the machine's business. */
export function findTool(name: string): Tool | undefined {
  return BY_NAME.get(name);
}
