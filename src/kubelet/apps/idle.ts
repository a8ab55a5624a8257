import type { AppModel } from './app.ts';
import { begin } from './begin.ts';

const MEMORY = 2 * 1024 * 1024;

/** A program that is up and does nothing, until it is told to stop. */
export const idle: AppModel = {
  name: 'idle',
  start(ctx) {
    begin(ctx, { memory: MEMORY, startup: 0 }, () => {});
  },
};
