/** Values that a function may throw, by what is odd about them. */
export const ODD_THROWS: readonly [string, () => unknown][] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['a number', () => 42],
  ['an empty text', () => ''],
  ['a lone surrogate', () => new Error('half \ud800')],
  ['a symbol', () => Symbol('odd')],
  ['a bigint', () => 10n],
  ['a function', () => () => 'x'],
  ['an object without a prototype', () => Object.create(null)],
  ['an object that holds itself', () => cyclic()],
  ['an error that is its own cause', () => selfCaused()],
  ['a message of a megabyte', () => new Error('x'.repeat(1_000_000))],
  ['a message that is no text', () => Object.assign(new Error('x'), { message: cyclic() })],
  ['a message that throws', () => throwing(new Error('x'), 'message')],
  ['a name that throws', () => throwing(new Error(''), 'name')],
  ['a stack that throws', () => throwing(new Error('x'), 'stack')],
  ['a text that throws', () => ({ toString: boom, [Symbol.toPrimitive]: boom, toJSON: boom })],
  [
    'a look that throws',
    () => ({
      [Symbol.for('nodejs.util.inspect.custom')]: boom,
      get [Symbol.toStringTag]() {
        return boom();
      },
    }),
  ],
  ['a proxy that throws', () => new Proxy(new Error('x'), everythingThrows())],
  ['a revoked proxy', () => revoked()],
  ['a thenable that throws', () => throwing({}, 'then')],
  ['an aggregate of nothing', () => new AggregateError([])],
  ['an abort', () => new DOMException('stop', 'AbortError')],
  ['an error of another realm', () => Object.assign(Object.create({ name: 'Error' }), { message: 'from elsewhere' })],
];

function boom(): never {
  throw new Error('a getter of it threw');
}

function cyclic(): object {
  const value: { self?: object } = {};
  value.self = value;
  return value;
}

function selfCaused(): Error {
  const error = new Error('its own cause');
  error.cause = error;
  return error;
}

function throwing<T extends object>(value: T, property: string): T {
  return Object.defineProperty(value, property, { get: boom });
}

function everythingThrows(): ProxyHandler<Error> {
  return new Proxy({}, { get: () => boom });
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** An object that `await` takes for a promise. */
export function thenable(then: (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => void): object {
  return Object.defineProperty({}, 'then', { value: then });
}
