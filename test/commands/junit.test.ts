import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeXml, junitXml } from '../../src/commands/junit.ts';

describe('a report as JUnit XML', () => {
  it.each([
    ['markup', '<a href="x">&</a>', '&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;'],
    ['quotes', `it's`, 'it&apos;s'],
    ['the end of a CDATA section', ']]>', ']]&gt;'],
    ['line ends and tabs', 'a\r\n\tb', 'a&#13;&#10;&#9;b'],
    ['control characters and escape sequences', 'a\u0000\u001b[31mb\u007f', 'a\ufffd\ufffd[31mb\u007f'],
    ['lone surrogates and noncharacters', 'a\ud800b\uffff', 'a\ufffdb\ufffd'],
    ['other planes and other scripts', '배 🚢', '배 🚢'],
  ])('makes %s harmless', (_, text, escaped) => {
    expect(escapeXml(text)).toBe(escaped);
  });

  it('holds only characters that XML allows, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeXml(text);
        expect(escaped).not.toMatch(/[^\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
        expect(escaped.replaceAll(/&(?:#\d+|[a-z]+);/g, '')).not.toMatch(/[<>"'&]/);
      }),
    );
  });

  it('counts tests and failures, in each suite and in all', () => {
    const xml = junitXml('all', [
      {
        name: 'one',
        cases: [
          { name: 'good', time: 1500 },
          { name: 'bad', failure: { message: 'a < b', details: 'a\nb' } },
        ],
      },
      { name: 'two', cases: [{ name: 'good' }] },
    ]);
    expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="all" tests="3" failures="1" errors="0" time="1.500">
  <testsuite name="one" tests="2" failures="1" errors="0" time="1.500">
    <testcase classname="one" name="good" time="1.500"/>
    <testcase classname="one" name="bad" time="0.000">
      <failure message="a &lt; b">a&#10;b</failure>
    </testcase>
  </testsuite>
  <testsuite name="two" tests="1" failures="0" errors="0" time="0.000">
    <testcase classname="two" name="good" time="0.000"/>
  </testsuite>
</testsuites>
`);
  });
});
