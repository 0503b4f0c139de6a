//! Follows commands: what the board says became of them is written down, and who has waited in vain is told so.
//!
//! No timer ticks while nothing waits. What could not be written is tried again; the board is right meanwhile.

use super::others;
use crate::clock;
use crate::hub::Command;
use crate::state::App;
use domain::board::COMMANDS;
use domain::command::{CommandKind, CommandRecord, CommandState, waits_until};
use domain::time::{Millis, SECOND};
use std::collections::HashMap;
use std::time::Duration;

/// What could not be written is tried again after this.
const AGAIN: Millis = 2 * SECOND;

/// Puts the newest commands on the board, and starts to follow them.
pub async fn start(app: &App) {
    let most = u32::try_from(COMMANDS).unwrap_or(u32::MAX);
    let mut known = HashMap::new();
    match app.store.commands(&Default::default(), most).await {
        Ok(commands) => {
            for command in commands.into_iter().rev() {
                known.insert(command.record.id.clone(), command.record.clone());
                app.hub.tell(Command::Asked(command.record)).await;
            }
        }
        Err(error) => tracing::warn!(code = error.code(), "earlier commands could not be read"),
    }
    others::listen(app);
    tokio::spawn(Follower { app: app.clone(), known }.run());
}

struct Follower {
    app: App,
    /// As they are written down.
    known: HashMap<String, CommandRecord>,
}

impl Follower {
    async fn run(mut self) {
        let (answered, mut stop) = (self.app.hub.answered(), self.app.stop.clone());
        loop {
            let Some(commands) = self.app.hub.ask(Command::Commands).await else { return };
            let written = self.write(&commands).await;
            let now = clock::now();
            let next = commands.iter().filter_map(waits_until).min();
            if next.is_some_and(|next| next <= now) {
                self.lapse(&commands, now).await;
                continue;
            }
            let next = if written { next } else { Some(next.unwrap_or(Millis::MAX).min(now + AGAIN)) };
            let wait = next.map(|next| Duration::from_millis((next - now).unsigned_abs()));
            tokio::select! {
                () = answered.notified() => {}
                () = sleep(wait) => {}
                () = stop.wait() => return self.finish().await,
            }
        }
    }

    /// Ends the waiting of those whose time is over, unless the server that sends them knows more.
    async fn lapse(&self, commands: &[CommandRecord], now: Millis) {
        let over = |command: &&CommandRecord| waits_until(command).is_some_and(|until| until <= now);
        for command in commands.iter().filter(over) {
            if let Ok(Some(kept)) = self.app.store.command(&command.id).await
                && kept.record != *command
            {
                self.app.hub.tell(Command::Asked(kept.record)).await;
            }
        }
        self.app.hub.tell(Command::Lapse(now)).await;
    }

    /// Writes down what is not. `false`: some of it could not be.
    async fn write(&mut self, commands: &[CommandRecord]) -> bool {
        let mut all = true;
        for command in commands {
            if self.known.get(&command.id) == Some(command) || command.state == CommandState::Asked {
                continue;
            }
            match self.app.store.command_became(command).await {
                Ok(()) => {
                    self.known.insert(command.id.clone(), command.clone());
                    others::tell(&self.app);
                    // A producer that ends a run need not say so: it is asked.
                    if command.kind == CommandKind::Cancel && command.state == CommandState::NoAnswer {
                        self.app.link.look_again();
                    }
                }
                Err(error) => {
                    tracing::warn!(
                        code = error.code(),
                        id = command.id,
                        "what became of a command is not written down"
                    );
                    all = false;
                }
            }
        }
        self.known.retain(|id, _| commands.iter().any(|command| command.id == *id));
        all
    }

    async fn finish(mut self) {
        if let Some(commands) = self.app.hub.ask(Command::Commands).await {
            self.write(&commands).await;
        }
    }
}

async fn sleep(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}
