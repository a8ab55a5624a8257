/** What an awk program is made of. */

/** An awk expression. */
export type AwkExpression =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'string' | 'regex'; readonly value: string }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'field'; readonly index: AwkExpression }
  | { readonly type: 'element'; readonly name: string; readonly keys: readonly AwkExpression[] }
  | { readonly type: 'unary'; readonly operator: string; readonly of: AwkExpression }
  | {
      readonly type: 'binary';
      readonly operator: string;
      readonly left: AwkExpression;
      readonly right: AwkExpression;
    }
  | {
      readonly type: 'choice';
      readonly test: AwkExpression;
      readonly yes: AwkExpression;
      readonly no: AwkExpression;
    }
  | {
      readonly type: 'assign';
      readonly operator: string;
      readonly to: AwkExpression;
      readonly value: AwkExpression;
    }
  | { readonly type: 'step'; readonly by: 1 | -1; readonly of: AwkExpression; readonly before: boolean }
  | { readonly type: 'in'; readonly name: string; readonly key: AwkExpression }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly AwkExpression[] };

/** A statement of an awk action. */
export type AwkStatement =
  | { readonly type: 'print' | 'printf'; readonly values: readonly AwkExpression[] }
  | { readonly type: 'expression'; readonly value: AwkExpression }
  | {
      readonly type: 'if';
      readonly test: AwkExpression;
      readonly yes: AwkStatement;
      readonly no: AwkStatement | undefined;
    }
  | {
      readonly type: 'loop';
      readonly first: AwkStatement | undefined;
      readonly test: AwkExpression | undefined;
      readonly step: AwkStatement | undefined;
      readonly body: AwkStatement;
    }
  | { readonly type: 'each'; readonly name: string; readonly array: string; readonly body: AwkStatement }
  | { readonly type: 'block'; readonly body: readonly AwkStatement[] }
  | { readonly type: 'delete'; readonly name: string; readonly keys: readonly AwkExpression[] | undefined }
  | { readonly type: 'next' | 'break' | 'continue' }
  | { readonly type: 'exit'; readonly code: AwkExpression | undefined };

/** `pattern { action }`. Without a pattern it is for every record, without an action it prints. */
export interface AwkRule {
  readonly when: 'begin' | 'end' | 'record';
  readonly pattern: AwkExpression | undefined;
  readonly action: AwkStatement | undefined;
}
