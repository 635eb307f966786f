import {
  LoginBody,
  PasswordBody,
  RefreshBody,
  RegisterBody,
  type SignInAnswer,
} from '../../../protocol/http.ts';
import { topics } from '../../../protocol/topics.ts';
import type { Accounts, SignIn } from '../../accounts/accounts.ts';
import { asFields, checkOf, refuseUnknown } from './fields.ts';
import { actorOf, type Handler } from './handler.ts';

type Names = 'register' | 'login' | 'refresh' | 'logout' | 'password';

export function signInHandlers(accounts: Accounts): Record<Names, Handler> {
  const registration = checkOf(RegisterBody);
  const credentials = checkOf(LoginBody);
  const refreshing = checkOf(RefreshBody);
  const passwords = checkOf(PasswordBody);
  return {
    async register(request, reply) {
      const {
        username,
        password,
        name = null,
        device = null,
        invitation = null,
      } = registration(request.body);
      const signIn = await accounts.register(
        { username, password, name, device, invitation },
        request.address,
      );
      return reply.code(201).send(answer(signIn));
    },
    async login(request, reply) {
      const { username, password, device = null } = credentials(request.body);
      return reply.send(answer(await accounts.login({ username, password, device }, request.address)));
    },
    async refresh(request, reply) {
      return reply.send(answer(await accounts.refresh(refreshing(request.body).refresh_token)));
    },
    async logout(request, reply) {
      refuseUnknown(null, asFields(request.body));
      await accounts.logout(actorOf(request));
      return reply.code(204).send();
    },
    async password(request, reply) {
      const { current_password, new_password } = passwords(request.body);
      await accounts.changePassword(actorOf(request), current_password, new_password, request.address);
      return reply.code(204).send();
    },
  };
}

function answer({ user, device, ...tokens }: SignIn): SignInAnswer {
  const { id, username, kind, admin, name, phone, photo, status } = user;
  return {
    user: { id, username, kind, admin, name, phone, photo, status },
    device: { id: device.id, name: device.name },
    access_token: tokens.accessToken,
    token_type: 'Bearer',
    expires_in: tokens.expiresIn,
    refresh_token: tokens.refreshToken,
    device_token: tokens.deviceToken,
    mqtt: {
      username: id,
      client_id: device.id,
      password: tokens.deviceToken,
      websocket: '/ws',
      outbox: topics.outbox(id),
      inbox: topics.inbox(id),
      device_inbox: topics.deviceInbox(id, device.id),
    },
  };
}
