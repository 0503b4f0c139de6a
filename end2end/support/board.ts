//! What a server holds of a run, asked over its socket as any page asks, with the moments left out: two nights can be compared.

import type { Page } from "@playwright/test";

type Change = [key: string, changed: number, value: unknown];
type Frame = { f?: string; s?: Change[]; more?: boolean };

/** Everything held of the run that was last, by key: symbols, counts of phases, failures by cause. The page must be the server's. */
export const held = async (page: Page, run: string): Promise<Record<string, unknown>> => {
  const changes = await page.evaluate(
    (topic) =>
      new Promise<Change[]>((resolve, reject) => {
        const changes: Change[] = [];
        const socket = new WebSocket(`ws://${location.host}/live`);
        socket.onopen = () => socket.send(JSON.stringify({ watch: [topic], after: 0 }));
        socket.onerror = () => reject(new Error("no socket"));
        socket.onmessage = ({ data }) => {
          const message = JSON.parse(data) as Frame;
          if (message.f !== topic) return;
          changes.push(...(message.s ?? []));
          if (message.more) return;
          socket.close();
          resolve(changes);
        };
      }),
    `run/${run}`,
  );
  // A run's place differs from server to server: what stands before the dot.
  const entries = changes.map(([key, , value]) => [key.replace(/^([a-z])\d+(?=\.|$)/, "$1"), still(key, value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
};

/** A record without its moments and paces; nothing, where it is nothing else. */
const still = (key: string, value: unknown): unknown => {
  switch (key[0]) {
    case "s": {
      const { a, w } = value as { a: unknown[][]; w?: boolean };
      return { a: a.map(([phase, status, , made, , code]) => [phase, status, made, code]), w };
    }
    case "q":
      return (value as unknown[]).slice(0, 3);
    case "c":
    case "e": {
      const { code, count } = value as { code?: string; count?: number };
      return { code, count };
    }
    case "r": {
      // Not its plan: the older spelling does not say it.
      const { status, processed, failed, symbols } = value as Record<string, unknown>;
      return { status, processed, failed, symbols };
    }
    default:
      return undefined;
  }
};
