//! A night that was: what is played is always tonight's, so what is kept of it is moved back by a day.

import { spawn } from "node:child_process";
import type { Server } from "./programs";

const DAY = 86_400_000;

/** Python has a reader of SQLite that Node does not have in all versions. */
const MOVE = `
import sqlite3, sys
kept = sqlite3.connect(sys.argv[1])
day = ${DAY}
def moved(names):
    return ", ".join(f"'$.{name}', json_extract(record, '$.{name}') - {day}" for name in names)
kept.execute(f"UPDATE runs SET night = night - 1, started = started - {day}, ended = ended - {day}, "
    f"record = json_set(record, '$.night', night - 1, {moved(['started', 'heard', 'ended'])}) WHERE ended IS NOT NULL")
kept.execute(f"UPDATE phases SET record = json_set(record, {moved(['started', 'ended'])}) WHERE json_extract(record, '$.ended') IS NOT NULL")
kept.execute("UPDATE symbols SET night = night - 1")
for table in ("events", "twins", "keyframes"):
    kept.execute(f"DELETE FROM {table}")
kept.commit()
`;

/** Makes every ended run one of the night before, and forgets its messages. Nothing may be in progress; the server is started again. */
export const aNightLater = async (server: Server) => {
  await server.stop();
  await new Promise<void>((resolve, reject) => {
    const python = spawn("python3", ["-c", MOVE, server.database], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    python.stderr.on("data", (data: Buffer) => {
      said += data.toString();
    });
    python.once("error", reject);
    python.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`the night was not moved: ${said}`))));
  });
  await server.again();
};
