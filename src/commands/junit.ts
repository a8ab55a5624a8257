/** One check of a suite. */
export interface TestCase {
  readonly name: string;
  /** ms. */
  readonly time?: number;
  /** Present when it failed: a sentence, and more on other lines. */
  readonly failure?: { readonly message: string; readonly details?: string };
}

/** Checks that belong together. */
export interface TestSuite {
  readonly name: string;
  readonly cases: readonly TestCase[];
}

/** A report as JUnit's XML, which continuous integration systems read. */
export function junitXml(name: string, suites: readonly TestSuite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(name)}" ${counts(all)}>`,
    ...suites.flatMap((suite) => [
      `  <testsuite name="${escapeXml(suite.name)}" ${counts(suite.cases)}>`,
      ...suite.cases.flatMap((testCase) => caseLines(suite.name, testCase)),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function counts(cases: readonly TestCase[]): string {
  const time = cases.reduce((sum, testCase) => sum + (testCase.time ?? 0), 0);
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  return `tests="${cases.length}" failures="${failures}" errors="0" time="${seconds(time)}"`;
}

function caseLines(suite: string, { name, time = 0, failure }: TestCase): string[] {
  const open = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}" time="${seconds(time)}"`;
  if (failure === undefined) return [`${open}/>`];
  const { message, details = message } = failure;
  return [
    `${open}>`,
    `      <failure message="${escapeXml(message)}">${escapeXml(details)}</failure>`,
    '    </testcase>',
  ];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** Text for an element or an attribute. What XML 1.0 cannot hold at all becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"'\n\r\t]/g, (char) => ENTITIES[char] ?? char);
}
