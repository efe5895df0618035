import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CLASSES, type ClassName, schoolFile } from "./school";
import { until } from "./until";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** What `classbridge demo --target-file` writes, as far as these tests need it. */
export interface Target {
  base: string;
  homeserver: string;
  /** The bridge's own token at the homeserver; it is in the demo's config. */
  asToken: string;
  users: DemoUser[];
  groups: { conversation_id: number; room_id: string; name: string; members: number[] }[];
}

export interface DemoUser {
  id: number;
  username: string;
  password: string;
  role: "teacher" | "student" | "admin";
  name: string;
  mxid: string;
  token: string;
}

/** A school of its own: bridge and Synapse on free ports, everything in a folder that goes away with it. */
export class Demo {
  readonly folder = mkdtempSync(join(tmpdir(), "classbridge-e2e-"));
  private ports: [number, number] | null = null;
  private child: ChildProcess | null = null;

  constructor(private readonly classes: readonly ClassName[] = CLASSES) {}

  async start(): Promise<Target> {
    this.ports ??= [await freePort(), await freePort()];
    const school = join(this.folder, "school.yaml");
    const targetFile = join(this.folder, "target.json");
    writeFileSync(school, schoolFile(this.classes));
    rmSync(targetFile, { force: true }); // that of an earlier start would say that this one is up already
    const log = openSync(join(this.folder, "demo.log"), "a");
    const [port, homeserverPort] = this.ports.map(String) as [string, string];
    this.child = spawn(
      join(ROOT, ".venv/bin/classbridge"),
      [
        "demo",
        "--data-dir",
        join(this.folder, "data"),
        "--school",
        school,
        "--target-file",
        targetFile,
      ].concat(["--port", port, "--homeserver-port", homeserverPort, "--no-limits"]),
      { cwd: this.folder, stdio: ["ignore", log, log] },
    );
    const child = this.child;
    await until(() => existsSync(targetFile) || child.exitCode !== null, {
      limitMs: 90_000,
      what: "the demo",
    });
    if (child.exitCode !== null) throw new Error(`the demo ended by itself:\n${this.log()}`);
    const config = readFileSync(join(this.folder, "data/config.yaml"), "utf8");
    const asToken = /as_token: (\S+)/.exec(config)![1]!;
    return { ...(JSON.parse(readFileSync(targetFile, "utf8")) as Omit<Target, "asToken">), asToken };
  }

  async stop(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGINT");
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  log(): string {
    return readFileSync(join(this.folder, "demo.log"), "utf8");
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (!address || typeof address === "string") throw new Error("no port");
  return address.port;
}
