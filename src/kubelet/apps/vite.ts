import { httpReply } from '../../network/http.ts';
import type { AppModel } from './app.ts';
import { begin, listenOrExit, NOT_FOUND, serving } from './begin.ts';

const MEMORY = 75 * 1024 * 1024;
const START_MS = 1500;
const PORT = 5173;
const PAGE = `<!DOCTYPE html>
<html lang="en">
  <head>
    <script type="module" src="/@vite/client"></script>
    <meta charset="UTF-8">
    <title>Vite App</title>
  </head>
  <body>
    <div id="app"></div>
    <script type="module" src="/src/main.js"></script>
  </body>
</html>
`;
/** The component that adds two numbers: it asks the backend from the visitor's browser. */
const COMPONENT = `const sendPlus = async () => {
  const response = await fetch(\`http://localhost:30001/plus?num1=\${num1.value}&num2=\${num2.value}\`);
  const data = await response.json();
  result.value = data.sum;
};
`;

/** A Vue front end under Vite's development server. */
export const vite: AppModel = {
  name: 'vite',
  start(ctx) {
    ctx.log('\n> vue-project@0.0.0 dev\n> vite --host 0.0.0.0\n');
    begin(ctx, { memory: MEMORY, startup: START_MS, signalExitCode: 143 }, () => {
      const port = ctx.parameters.ports?.[0] ?? PORT;
      const took = ctx.parameters.startup ?? START_MS;
      const handler = serving(ctx, ({ path }) => {
        const file = path.split('?')[0] as string;
        if (file === '/' || file === '/index.html')
          return httpReply(200, PAGE, 2, { 'content-type': 'text/html' });
        if (/^\/(src|@vite|node_modules)\//.test(file))
          return httpReply(200, COMPONENT, 4, { 'content-type': 'application/javascript' });
        return /\.\w+$/.test(file) ? NOT_FOUND : httpReply(200, PAGE, 2, { 'content-type': 'text/html' });
      });
      if (!listenOrExit(ctx, port, handler, `Error: Port ${port} is already in use`)) return;
      ctx.log(
        `\n  VITE v5.4.8  ready in ${took} ms\n\n  ➜  Local:   http://localhost:${port}/\n  ➜  Network: http://${ctx.network.ip}:${port}/`,
      );
    });
  },
};
