import { thrownText } from '@rlm-bridge/text';

/** Calls a function whose result nobody waits for. What it throws, at once or as a rejection later, is told to `onFault`. */
export function notify(call: () => unknown, onFault: (fault: string) => void): void {
  const calling = async () => {
    try {
      await call();
    } catch (error) {
      onFault(thrownText(error));
    }
  };
  void calling();
}
