import { basename } from './basename.ts';
import { cat } from './cat.ts';
import { cp } from './cp.ts';
import { curl } from './curl.ts';
import { cut } from './cut.ts';
import { date } from './date.ts';
import { df } from './df.ts';
import { dirname } from './dirname.ts';
import { echo } from './echo.ts';
import { env } from './env.ts';
import { no } from './false.ts';
import { grep } from './grep.ts';
import { head } from './head.ts';
import { hostname } from './hostname.ts';
import { id } from './id.ts';
import { ip } from './ip.ts';
import { kill } from './kill.ts';
import { ls } from './ls.ts';
import { mkdir } from './mkdir.ts';
import { mv } from './mv.ts';
import { nc } from './nc.ts';
import { nproc } from './nproc.ts';
import { nslookup } from './nslookup.ts';
import { ping } from './ping.ts';
import { printenv } from './printenv.ts';
import { printf } from './printf.ts';
import { ps } from './ps.ts';
import { pgIsReady, psql } from './psql.ts';
import { pwd } from './pwd.ts';
import { redisCli } from './redis-cli.ts';
import { rm } from './rm.ts';
import { sed } from './sed.ts';
import { seq } from './seq.ts';
import { ash, bash, sh, zsh } from './sh.ts';
import { sleep } from './sleep.ts';
import { sort } from './sort.ts';
import { tail } from './tail.ts';
import { tee } from './tee.ts';
import { bracket, test } from './test.ts';
import type { Tool } from './tool.ts';
import { touch } from './touch.ts';
import { tr } from './tr.ts';
import { yes } from './true.ts';
import { uname } from './uname.ts';
import { uniq } from './uniq.ts';
import { wc } from './wc.ts';
import { wget } from './wget.ts';
import { whoami } from './whoami.ts';

const TOOLS: readonly Tool[] = [
  ash,
  basename,
  bash,
  bracket,
  cat,
  cp,
  curl,
  cut,
  date,
  df,
  dirname,
  echo,
  env,
  grep,
  head,
  hostname,
  id,
  ip,
  kill,
  ls,
  mkdir,
  mv,
  nc,
  no,
  nproc,
  nslookup,
  pgIsReady,
  ping,
  printenv,
  printf,
  ps,
  psql,
  pwd,
  redisCli,
  rm,
  sed,
  seq,
  sh,
  sleep,
  sort,
  tail,
  tee,
  test,
  touch,
  tr,
  uname,
  uniq,
  wc,
  wget,
  whoami,
  yes,
  zsh,
];

const BY_NAME: ReadonlyMap<string, Tool> = new Map(TOOLS.map((tool) => [tool.name, tool]));

/** The tool of that name, if there is one. Whether a machine has it is the machine's business. */
export function findTool(name: string): Tool | undefined {
  return BY_NAME.get(name);
}
