import packageJson from '../package.json' with { type: 'json' };

process.stdout.write(`${packageJson.name} ${packageJson.version}\n`);
