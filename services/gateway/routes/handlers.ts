import type { OtherRouteName } from '../../../protocol/http.ts';
import type { GatewayParts } from '../parts.ts';
import { botHandlers } from './bots.ts';
import { documentHandlers } from './documents.ts';
import type { Handler } from './handler.ts';
import { healthHandlers } from './health.ts';
import { homeHandler } from './home.ts';
import { hookHandlers } from './hooks.ts';
import { inviteHandler } from './invite.ts';
import { mailHandlers } from './mail.ts';
import { mailPageHandlers } from './mail-pages.ts';
import { mediaHandlers } from './media.ts';
import { presenceHandler } from './presence.ts';
import { pushHandlers } from './push.ts';
import { reportHandlers } from './reports.ts';
import { serverHandler } from './server.ts';
import { signInHandlers } from './sign-in.ts';
import { vapidHandler } from './vapid.ts';
import { webhookHandlers } from './webhooks.ts';

/** A handler for each route of the contract that is no command. */
export function otherHandlers(parts: GatewayParts): Record<OtherRouteName, Handler> {
  return {
    server: serverHandler(parts),
    ...signInHandlers(parts.accounts),
    ...botHandlers(parts.accounts),
    ...healthHandlers(parts.ready),
    ...documentHandlers(),
    invite: inviteHandler(parts.accounts),
    ...reportHandlers(parts.reports),
    ...hookHandlers(parts),
    ...webhookHandlers(parts.webhooks),
    ...mediaHandlers(parts.media),
    ...mailHandlers(parts),
    ...mailPageHandlers(parts.mail),
    ...pushHandlers(parts),
    vapid: vapidHandler(parts),
    presence: presenceHandler(parts),
    home: homeHandler(parts.config),
  };
}
