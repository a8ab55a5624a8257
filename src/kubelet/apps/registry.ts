import type { AppModel } from './app.ts';
import { generic } from './generic.ts';
import { idle } from './idle.ts';
import { nginx } from './nginx.ts';

const MODELS: readonly AppModel[] = [generic, idle, nginx];

const BY_NAME: ReadonlyMap<string, AppModel> = new Map(MODELS.map((model) => [model.name, model]));

/** The model that image data names, if there is one. */
export function findApp(name: string): AppModel | undefined {
  return BY_NAME.get(name);
}

/** Every model's name. */
export function appNames(): readonly string[] {
  return [...BY_NAME.keys()];
}
