/** The HTTP contract: one table of routes, from which the gateway and docs/openapi.json are made. */
export { type BotAnswer, BotBody, type BotToken, BotTokenBody, BotUpdateBody } from './http/bots.ts';
export { codesOf, commandCodes } from './http/codes.ts';
export { type Problem, problemOf } from './http/problem.ts';
export {
  type CommandBinding,
  type CommandRoute,
  type Method,
  needOfRoute,
  PROBLEM_MEDIA,
  type Route,
  tags,
} from './http/route.ts';
export { commandRoutes, type OtherRouteName, otherRoutes, routes } from './http/routes.ts';
export {
  InvitationBody,
  LoginBody,
  PasswordBody,
  RefreshBody,
  RegisterBody,
  type SignInAnswer,
} from './http/sign-in.ts';
