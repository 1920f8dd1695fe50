/**
 * The engine's own words for numbers, moments and plurals. To make one takes as long as writing hundreds of words with
 * it, and a list asks for several a row: each is made once.
 */
function once<T>(make: new (locale: string, options: object) => T): (locale: string, options?: object) => T {
  const made = new Map<string, T>();
  return (locale, options = {}) => {
    const key = locale + JSON.stringify(options);
    let one = made.get(key);
    if (!one) made.set(key, (one = new make(locale, options)));
    return one;
  };
}

export const dates: (locale: string, options: Intl.DateTimeFormatOptions) => Intl.DateTimeFormat = once(Intl.DateTimeFormat);
export const distances: (locale: string, options: Intl.RelativeTimeFormatOptions) => Intl.RelativeTimeFormat = once(Intl.RelativeTimeFormat);
export const numbers: (locale: string, options?: Intl.NumberFormatOptions) => Intl.NumberFormat = once(Intl.NumberFormat);
export const plurals: (locale: string) => Intl.PluralRules = once(Intl.PluralRules);

/** A whole number. Below a thousand every language of the window writes the same digits: nothing has to be made for them. */
export const whole = (n: number, locale: string): string => (Number.isInteger(n) && Math.abs(n) < 1_000 ? String(n) : numbers(locale).format(n));
