/** What this device is called in the list of devices: its browser and system, such as `Firefox on Android`. */
export function deviceName(agent: string): string {
  const browser = first(agent, [
    [/Edg\w*\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/SamsungBrowser\//, 'Samsung Internet'],
    [/(Firefox|FxiOS)\//, 'Firefox'],
    [/(Chrome|CriOS|Chromium)\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = first(agent, [
    [/Android/, 'Android'],
    [/iPhone/, 'iPhone'],
    [/iPad/, 'iPad'],
    [/CrOS/, 'ChromeOS'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'Mac'],
    [/Linux/, 'Linux'],
  ]);
  return system === null ? (browser ?? 'Browser') : `${browser ?? 'Browser'} on ${system}`;
}

function first(text: string, table: readonly (readonly [RegExp, string])[]): string | null {
  return table.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}
