import type { Bot } from '../../index.ts';
import type { Example, Ground, Running } from '../example.ts';
import { Readings } from './readings.ts';
import { Reports, withUnit } from './reports.ts';
import { fitsTopic, readingIn } from './rules.ts';
import { Sensors } from './sensors.ts';
import { bridgeOptions, readSettings } from './settings.ts';

/** Lines of `/status`. */
const MOST_SHOWN = 30;
/** Topics of which it is remembered that they brought no number. */
const MOST_STRANGE = 1_000;

/** Posts into a group when a sensor passes a threshold, and when it is back. */
export const sensorBridge: Example = {
  what: 'Hears sensors on plain MQTT (open/#), and tells a group when one passes a threshold, and when it is back.',
  options: bridgeOptions,
  async setUp(bot, ground) {
    const { group, rules, rate, source } = readSettings(ground);
    const { storage, log } = ground;
    const sensors = new Sensors(storage, rules);
    await sensors.load();
    bot.command('where', 'tells the id of this conversation', (ctx) => ctx.reply(ctx.conversation));
    bot.command('status', 'tells how the sensors are, in their group', (ctx) =>
      ctx.reply(ctx.conversation === group ? statusOf(sensors) : 'Not here.'),
    );
    if (group === null) {
      log('info', 'no --group yet: add the bot to one, write /where, and start it with that', {});
      return {};
    }
    return watching(bot, ground, { group, sensors, rules, rate, source });
  },
};

function watching(
  bot: Bot,
  { storage, log }: Ground,
  {
    group,
    sensors,
    rules,
    rate,
    source,
  }: ReturnType<typeof readSettings> & { group: string; sensors: Sensors },
): Running {
  const reports = new Reports(
    { storage, sensors, rate },
    async ({ name, time, text }) => {
      await bot.say({ conversation: group }, text, { once: { name: `bridge/${name}`, time } });
    },
    (error) => log('error', 'a report could not be kept; it is tried again', { error }),
  );
  const strange = new Set<string>();
  const once = (topic: string, message: string) => {
    if (strange.has(topic) || strange.size >= MOST_STRANGE) return;
    strange.add(topic);
    log('error', message, { topic });
  };
  const take = async (topic: string, payload: Buffer) => {
    let isNew = false;
    for (const rule of rules) {
      if (!fitsTopic(rule, topic)) continue;
      const value = readingIn(rule, payload);
      if (value === null) {
        once(topic, 'a reading without a number where the rule says');
        continue;
      }
      const taken = await sensors.take(topic, rule, value);
      if (taken === null) once(topic, 'there are too many sensors: this one is not watched');
      isNew ||= taken === true;
    }
    if (isNew) await reports.tell();
  };
  let readings: Readings | null = null;
  return {
    async started() {
      await reports.start();
      const topics = rules.map(({ topic }) => topic);
      readings = new Readings(source, topics, take, log);
    },
    async stopping() {
      await readings?.stop();
      await reports.stop();
    },
  };
}

function statusOf(sensors: Sensors): string {
  const all = sensors.all.sort((a, b) => Number(b.past) - Number(a.past) || (a.topic < b.topic ? -1 : 1));
  if (all.length === 0) return 'No sensor has been heard yet.';
  const lines = all
    .slice(0, MOST_SHOWN)
    .map(({ topic, value, past, rule }) => `${past ? '⚠️' : '✅'} ${topic}: ${withUnit(value, rule.unit)}`);
  if (all.length > MOST_SHOWN) lines.push(`… and ${all.length - MOST_SHOWN} more`);
  return lines.join('\n');
}
