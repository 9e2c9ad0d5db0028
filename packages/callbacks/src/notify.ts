import { thrownText } from '@rlm-bridge/text';

/** Calls a function whose result nobody waits for. What it throws, at once or as a rejection later, is told to `onThrow`. */
export function notify(call: () => unknown, onThrow: (message: string) => void): void {
  const calling = async () => {
    try {
      await call();
    } catch (error) {
      onThrow(thrownText(error));
    }
  };
  void calling();
}
