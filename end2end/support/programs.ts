//! The real programs of a journey: a private Redis, the release build of the server, the processor. No mocks.
//!
//! Readiness is told by the programs themselves (a line of the log, an answer on the socket); nothing here sleeps. What is
//! started here is ended here, by its own process id.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const bin = (variable: string) => {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} is not set; start the journeys with \`cargo xtask test\``);
  return path;
};

/** A port that is free now. */
export const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });

const ended = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise<void>((resolve) => child.once("exit", () => resolve()));

/** Ends a child with a signal and waits until it is gone. */
const end = async (child: ChildProcess | undefined, signal: NodeJS.Signals) => {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await ended(child);
};

/** Resolves when the child's output contains `words`; rejects, with that output, when it ends before. */
const said = (child: ChildProcess, words: RegExp) =>
  new Promise<RegExpMatchArray>((resolve, reject) => {
    let text = "";
    const read = (data: Buffer) => {
      text += data.toString();
      const match = text.match(words);
      if (match) resolve(match);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", (code) => reject(new Error(`ended with ${code} before saying ${words}: ${text}`)));
  });

/** A Redis of this journey alone. */
export class Redis {
  private child?: ChildProcess;
  private constructor(
    readonly port: number,
    /** Its own; whoever belongs to it may keep things there. */
    readonly folder: string,
  ) {}

  static async start() {
    const redis = new Redis(await freePort(), await mkdtemp(join(tmpdir(), "closing-bell-redis-")));
    await redis.again();
    return redis;
  }

  get url() {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it (again) on its port. */
  async again() {
    const settings = ["--bind", "127.0.0.1", "--port", `${this.port}`, "--save", "", "--dir", this.folder];
    this.child = spawn(bin("CB_REDIS_BIN"), settings, { stdio: ["ignore", "pipe", "pipe"] });
    await said(this.child, /[Rr]eady to accept connections/);
  }

  async kill() {
    await end(this.child, "SIGKILL");
  }

  async stop() {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Publishes as a producer does, in order; returns how many listeners the last message had. */
  publish(messages: readonly (readonly [channel: string, message: string])[]) {
    return new Promise<number>((resolve, reject) => {
      const socket = connect(this.port, "127.0.0.1");
      const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
      let answers = "";
      socket.once("error", reject);
      socket.on("data", (data) => {
        answers += data.toString();
        const lines = answers.split("\r\n").filter(Boolean);
        if (lines.length < messages.length) return;
        socket.end();
        const last = lines.at(-1) ?? "";
        if (last.startsWith(":")) resolve(Number(last.slice(1)));
        else reject(new Error(`Redis answered ${last}`));
      });
      for (const [channel, message] of messages) {
        socket.write(`*3\r\n${bulk("PUBLISH")}${bulk(channel)}${bulk(message)}`);
      }
    });
  }
}

/** The password of `admin`. */
export const PASSWORD = "opening bell at nine";

/** The release build of the server, listening to that Redis. */
export class Server {
  private child?: ChildProcess;
  /** Of `admin`, who is signed in from the start. */
  cookie = "";
  /** Settings besides, from the next start on. */
  settings: Record<string, string> = {};
  private constructor(
    private readonly redis: Redis,
    private readonly environment: string,
    private readonly folder: string,
    private port: number,
  ) {}

  static async start(redis: Redis, environment = "PROD") {
    // A database of its own, which goes with the folder of its Redis.
    const server = new Server(redis, environment, await mkdtemp(join(redis.folder, "server-")), 0);
    await server.again();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The file of its database. */
  get database() {
    return join(this.folder, "closing-bell.db");
  }

  /** Starts it (again), on the port it had. */
  async again() {
    const env = {
      ...process.env,
      REDIS_URL: this.redis.url,
      CLOSING_BELL_ADDR: `127.0.0.1:${this.port}`,
      CLOSING_BELL_ENVIRONMENT: this.environment,
      CLOSING_BELL_SITE: bin("CB_SITE"),
      CLOSING_BELL_ADMIN_PASSWORD: PASSWORD,
      ...this.settings,
    };
    this.child = spawn(bin("CB_SERVER_BIN"), ["--database-url", `sqlite://${this.database}`], { env, stdio: ["ignore", "pipe", "pipe"] });
    const [, port] = await said(this.child, /listening on http:\/\/127\.0\.0\.1:(\d+)/);
    this.port = Number(port);
    if (!this.cookie) this.cookie = await this.signIn("admin", PASSWORD);
  }

  /** What a browser holds in which `admin` is signed in. */
  get signedIn() {
    const cookie = { name: "cb_sign_in", value: this.cookie, domain: "127.0.0.1", path: "/", expires: -1, httpOnly: true, secure: false, sameSite: "Lax" as const };
    return { cookies: [cookie], origins: [] };
  }

  /** Signs somebody in as the form does; returns the cookie's value. It outlives a restart of the server. */
  async signIn(name: string, password: string) {
    const headers = { origin: this.url, "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams({ name, password, to: "/" }).toString();
    const answer = await fetch(`${this.url}/login`, { method: "POST", headers, body, redirect: "manual" });
    const cookie = answer.headers.get("set-cookie")?.match(/cb_sign_in=([^;]+)/)?.[1];
    if (answer.status !== 303 || !cookie) throw new Error(`signing in answers ${answer.status}`);
    return cookie;
  }

  /** Asks as `admin`, without a browser. */
  get(path: string) {
    return fetch(`${this.url}${path}`, { headers: { cookie: `cb_sign_in=${this.cookie}` } });
  }

  /** Runs a command of the binary on this server's database; returns what it prints. */
  async command(...args: string[]) {
    const child = spawn(bin("CB_SERVER_BIN"), [...args, "--database-url", `sqlite://${this.database}`], { stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    child.stdout.on("data", (data: Buffer) => (printed += data.toString()));
    await ended(child);
    if (child.exitCode !== 0) throw new Error(`${args.join(" ")} ended with ${child.exitCode}`);
    return printed.trim();
  }

  /** Asks it to end, and waits until it has. */
  async stop() {
    await end(this.child, "SIGTERM");
  }

  /** It dies, and has no time for anything. */
  async kill() {
    await end(this.child, "SIGKILL");
  }

  /** The status that scripts of the old system read. */
  async status(): Promise<Record<string, unknown>> {
    const answer = await this.get("/api/processing/daily/status");
    return ((await answer.json()) as { status: Record<string, unknown> }).status;
  }
}

/** `closing-bell record`, writing down what comes over a Redis. */
export class Recorder {
  private constructor(private readonly child: ChildProcess) {}

  static async start(redis: Redis, file: string) {
    const env = { ...process.env, REDIS_URL: redis.url };
    const child = spawn(bin("CB_SERVER_BIN"), ["record", "--out", file], { env, stdio: ["ignore", "pipe", "pipe"] });
    await said(child, /recording/);
    return new Recorder(child);
  }

  /** Asks it to end, and waits until everything is written. */
  async stop() {
    await end(this.child, "SIGTERM");
  }
}

/** The processor, doing what its arguments say. */
export class Processor {
  private constructor(private readonly child: ChildProcess) {}

  static start(redis: Redis, args: readonly string[], folder: string) {
    const env = { ...process.env, REDIS_URL: redis.url };
    return new Processor(spawn(bin("CB_PROCESSOR_BIN"), [...args], { env, cwd: folder, stdio: ["ignore", "pipe", "pipe"] }));
  }

  /** Resolves when it says so. */
  says(words: RegExp) {
    return said(this.child, words);
  }

  /** Resolves when it has ended. */
  async done() {
    await ended(this.child);
    if (this.child.exitCode !== 0) throw new Error(`the processor ended with ${this.child.exitCode}`);
  }

  async stop() {
    await end(this.child, "SIGTERM");
  }
}
