//! Whatever the producer's spelling, and whether heard live or played back from a recording: it is the same night, symbol for symbol.

import { readFile } from "node:fs/promises";
import { held } from "../support/board";
import { open, verdict } from "../support/look";
import { Recorder, Redis, Server } from "../support/programs";
import { expect, test } from "../support/world";

const NIGHT = ["simulate", "--auto", "--speed", "3000", "--seed", "7", "--failures", "9"] as const;

/** Waits for the end of a run that is none of these, adds it to them, and returns its id. */
const ended = async (server: Server, known: Set<string>) => {
  const state = async () => {
    const { run_id: run, status } = await server.status();
    return known.has(String(run)) ? "not begun" : status;
  };
  await expect.poll(state).toBe("success");
  const run = String((await server.status()).run_id);
  known.add(run);
  return run;
};

test("a night in each spelling gives the same board, symbol for symbol", async ({ world, page }) => {
  const boards: Record<string, unknown>[] = [];
  const runs = new Set<string>();
  await open(page, world.at());
  for (const spelling of ["current", "legacy", "mixed"]) {
    await world.processor(...NIGHT, "--spelling", spelling).done();
    boards.push(await held(page, await ended(world.server, runs)));
  }
  const [current, legacy, mixed] = boards;
  expect(Object.keys(current ?? {}).filter((key) => key.startsWith("s"))).toHaveLength(505);
  expect(legacy).toEqual(current);
  expect(mixed).toEqual(current);
});

test("a recording that is played back is the same night again", async ({ world, page }) => {
  const recorder = await Recorder.start(world.redis, world.file("night.jsonl"));
  await open(page, world.at());
  await world.processor(...NIGHT).done();
  const run = await ended(world.server, new Set());
  const live = await held(page, run);
  await expect.poll(() => readFile(world.file("night.jsonl"), "utf8")).toContain("processing_completed");
  await recorder.stop();

  const redis = await Redis.start();
  const server = await Server.start(redis);
  try {
    // Cookies know no ports: the second server's takes the place of the first's.
    await page.context().addCookies(server.signedIn.cookies);
    await open(page, `${server.url}/admin/daily-processing`);
    await world.processor("simulate", "--play", world.file("night.jsonl"), "--speed", "4", "--redis", redis.url).done();
    await expect(verdict(page)).toHaveText("To retry 12");
    expect(await held(page, run)).toEqual(live);
  } finally {
    await server.stop();
    await redis.stop();
  }
});
