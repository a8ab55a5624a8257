import { agnhost } from './agnhost.ts';
import type { AppModel } from './app.ts';
import { echo } from './echo.ts';
import { generic } from './generic.ts';
import { httpbin } from './httpbin.ts';
import { httpd } from './httpd.ts';
import { idle } from './idle.ts';
import { memcached } from './memcached.ts';
import { mongo } from './mongo.ts';
import { mysql } from './mysql.ts';
import { nginx } from './nginx.ts';
import { perl } from './perl.ts';
import { postgres } from './postgres.ts';
import { redis } from './redis.ts';
import { result } from './result.ts';
import { script } from './script.ts';
import { springboot } from './springboot.ts';
import { stress } from './stress.ts';
import { vite } from './vite.ts';
import { vote } from './vote.ts';
import { voteworker } from './voteworker.ts';
import { wordpress } from './wordpress.ts';

const MODELS: readonly AppModel[] = [
  agnhost,
  echo,
  generic,
  httpbin,
  httpd,
  idle,
  memcached,
  mongo,
  mysql,
  nginx,
  perl,
  postgres,
  redis,
  result,
  script,
  springboot,
  stress,
  vite,
  vote,
  voteworker,
  wordpress,
];

const BY_NAME: ReadonlyMap<string, AppModel> = new Map(MODELS.map((model) => [model.name, model]));

/** The model that image data names, if there is one. */
export function findApp(name: string): AppModel | undefined {
  return BY_NAME.get(name);
}

/** Every model's name. */
export function appNames(): readonly string[] {
  return [...BY_NAME.keys()];
}
