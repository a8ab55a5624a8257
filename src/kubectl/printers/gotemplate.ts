import type { KubeObject } from '../../api/object.ts';
import type { Json } from '../../apimachinery/json.ts';
import { type Failure, failure } from '../errors.ts';
import { compileGoTemplate } from '../gotemplate.ts';
import type { OutputPrinter } from './printer.ts';

/** `-o go-template` (cli-runtime pkg/printers/template.go). `dataOf` makes what the template is about. */
export function goTemplatePrinter(
  source: string,
  allowMissing: boolean,
  dataOf: (objects: readonly KubeObject[], asList: boolean) => Json,
): OutputPrinter | Failure {
  const template = compileGoTemplate(source, allowMissing);
  if ('error' in template) return failure(`error parsing template ${source}, ${template.error}`);
  return {
    wraps: true,
    print: (items, asList) => {
      const data = dataOf(
        items.map(({ object }) => object),
        asList,
      );
      const text = template.print(data);
      return typeof text === 'string'
        ? text
        : failure(`error executing template ${JSON.stringify(source)}: ${text.error}`);
    },
  };
}
