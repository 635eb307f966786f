import { render } from 'preact';
import './ui/tokens.css';
import './ui/base.css';
import { App } from './app/app.tsx';
import { beginAppearance } from './app/appearance.ts';
import { followHistory } from './app/router.ts';
import { doorOfThisPage } from './chat/door-of-this-page.ts';
import { t } from './i18n/t.ts';
import { registerServiceWorker } from './sw/register.ts';
import { toast } from './ui/toasts.ts';

const door = doorOfThisPage();
await beginAppearance();
followHistory();
render(<App door={door} />, document.getElementById('app')!);
registerServiceWorker((takeOver) =>
  toast(t('shell.newer'), { action: { label: t('shell.reload'), onChoose: takeOver } }),
).catch(() => {
  // It works all the same, as long as there is a connection.
});
