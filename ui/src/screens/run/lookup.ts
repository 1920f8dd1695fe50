/** Tables that are made anew when what they are made of changes, and never changed themselves. */

export const table = <Key, Value>(pairs: Iterable<readonly [Key, Value]>): ReadonlyMap<Key, Value> => new Map(pairs);

export const setOf = <Value>(values: Iterable<Value>): ReadonlySet<Value> => new Set(values);
