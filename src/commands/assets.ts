import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Descriptions, registerDescriptions } from '../api/descriptions.ts';
import { programFolder } from './programfolder.ts';

/** The large texts of `kubectl explain`. */
export function descriptionsPath(): string {
  return join(programFolder(), 'assets', 'descriptions.json');
}

/** Tells the parts below where the large assets are; they are read when they are first needed. */
export function registerAssets(): void {
  registerDescriptions(() => JSON.parse(readFileSync(descriptionsPath(), 'utf8')) as Descriptions);
}
