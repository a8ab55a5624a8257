import { SPEEDS, type UiSettings } from '../ui/host.ts';
import { SavedFile, stateDirectory } from './statedirectory.ts';
import type { CommonOptions } from './style.ts';

const CHOICES: { readonly [K in keyof UiSettings]: readonly UiSettings[K][] } = {
  language: ['en', 'ko'],
  colour: ['auto', 'on', 'off'],
  glyphs: ['auto', 'unicode', 'ascii'],
  speed: SPEEDS,
};

/** What the player set last; from the locale where nothing was set. The options of this start go before both. */
export function loadSettings(env: NodeJS.ProcessEnv, options: CommonOptions = {}): UiSettings {
  const { text } = settingsFile(env).load((candidate) =>
    asRecord(candidate) === undefined ? 'not the settings of Shipshape' : undefined,
  );
  const saved = asRecord(text ?? '') ?? {};
  const pick = <K extends keyof UiSettings>(key: K, fallback: UiSettings[K]): UiSettings[K] =>
    CHOICES[key].find((choice) => choice === saved[key]) ?? fallback;
  return {
    language: options.lang ?? pick('language', localeLanguage(env)),
    colour: options.color === false ? 'off' : pick('colour', 'auto'),
    glyphs: options.ascii === true ? 'ascii' : pick('glyphs', 'auto'),
    speed: pick('speed', 1),
  };
}

/** Keeps them for the next start; the sentence says why that failed. */
export function saveSettings(env: NodeJS.ProcessEnv, settings: UiSettings): string | undefined {
  return settingsFile(env).save(`${JSON.stringify(settings, null, 2)}\n`);
}

function settingsFile(env: NodeJS.ProcessEnv): SavedFile {
  return new SavedFile(stateDirectory(env), 'settings.json');
}

function localeLanguage(env: NodeJS.ProcessEnv): UiSettings['language'] {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return /^ko\b|^ko_/i.test(locale) ? 'ko' : 'en';
}

function asRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // Whoever asks goes on without it.
    return undefined;
  }
}
