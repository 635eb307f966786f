import { Component, type ComponentChildren } from 'preact';
import { t } from '../i18n/t.ts';
import { Button, EmptyState } from '../ui/index.ts';

/** What breaks in it is told, and the rest of the page goes on. The host and what it keeps have no part in it. */
export class Boundary extends Component<{ children: ComponentChildren }, { error: unknown }> {
  override state = { error: null as unknown };

  static override getDerivedStateFromError(error: unknown) {
    return { error: error ?? true };
  }

  override componentDidCatch(error: unknown): void {
    console.error(error);
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <EmptyState icon="warning" title={t('shell.broken')} text={t('shell.brokenText')}>
        <Button kind="primary" onClick={() => location.reload()}>
          {t('shell.reload')}
        </Button>
      </EmptyState>
    );
  }
}
