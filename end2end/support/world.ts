//! The world of a journey: Redis, server and whoever publishes, made for it alone and gone with it. Import `test` from here.

import { test as base, expect } from "@playwright/test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Processor, Redis, Server } from "./programs";

export class World {
  private readonly processors: Processor[] = [];
  constructor(
    readonly redis: Redis,
    readonly server: Server,
    private readonly folder: string,
  ) {}

  /** Address of a page. */
  at(path = "/admin/daily-processing") {
    return `${this.server.url}${path}`;
  }

  /** A file of this journey alone. */
  file(name: string) {
    return join(this.folder, name);
  }

  /** Starts a processor: `serve …` or `simulate …`. */
  processor(...args: string[]) {
    const processor = Processor.start(this.redis, args, this.folder);
    this.processors.push(processor);
    return processor;
  }

  /** Starts a simulator that obeys; the server sends its commands to it by this way. Returns where its API is. */
  async producer(way: "http" | "redis", ...args: string[]) {
    return this.obeying(way, this.processor("simulate", "--listen", "127.0.0.1:0", ...args));
  }

  /** Starts a real producer, with a database of this journey alone; the server sends its commands to it over HTTP. */
  async real(...args: string[]) {
    const database = `sqlite://${this.file("bars.db")}`;
    return this.obeying("http", this.processor("serve", "--no-schedule", "--listen", "127.0.0.1:0", "--db", database, ...args));
  }

  private async obeying(way: "http" | "redis", processor: Processor) {
    const [, url = ""] = await processor.says(/Listening for commands at (http:\S+)/);
    if (way === "http") {
      await this.server.stop();
      this.server.settings = { PROCESSOR_URL: url };
      await this.server.again();
    }
    return { processor, url };
  }

  /** Publishes an event of the standard envelope; somebody must be listening. */
  async event(channel: string, event: string, payload: object, source = "daily_scheduler") {
    const message = JSON.stringify({ event, timestamp: new Date().toISOString(), source, version: "1.0", payload });
    const listeners = await this.redis.publish([[channel, message]]);
    expect(listeners, "somebody listens").toBeGreaterThan(0);
  }

  async end() {
    for (const processor of this.processors) await processor.stop();
    await this.server.stop();
    await this.redis.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export const test = base.extend<{ world: World }>({
  // Every page of a journey is admin's, unless it makes a context of its own.
  storageState: async ({ world }, use) => use(world.server.signedIn),
  world: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "closing-bell-"));
    const redis = await Redis.start();
    const world = new World(redis, await Server.start(redis), folder);
    try {
      await use(world);
    } finally {
      await world.end();
    }
  },
});

export { expect };
