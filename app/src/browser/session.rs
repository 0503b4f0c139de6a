//! What a page keeps of its socket, and how frames become visible: applied when the inbox says so, symbols with the next paint.

use super::hydrated::now as local_now;
use super::socket::drop_socket;
use crate::clock::Clock;
use crate::live::{Inbox, Link, Live, ViewState};
use domain::time::Millis;
use domain::wire::{Topic, Watch};
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::closure::Closure;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

pub(super) type Callbacks = (Closure<dyn FnMut(MessageEvent)>, Closure<dyn FnMut(CloseEvent)>);

pub(super) struct Session {
    pub(super) live: Live,
    pub(super) clock: Clock,
    pub(super) link: Link,
    /// Server's clock minus ours.
    pub(super) offset: Millis,
    pub(super) socket: Option<(WebSocket, Callbacks)>,
    /// The run whose symbols are watched.
    pub(super) run: Option<String>,
    /// What the page that is shown needs besides.
    pub(super) page: Vec<Topic>,
    pub(super) painting: bool,
    pub(super) inbox: Inbox,
}

pub(super) type Shared = Rc<RefCell<Session>>;

pub(super) fn with<T>(shared: &Shared, act: impl FnOnce(&mut Session) -> T) -> T {
    act(&mut shared.borrow_mut())
}

impl Session {
    pub(super) fn now(&self) -> Millis {
        local_now() + self.offset
    }

    /// The topics, and from where each is wanted: one number for all, so the lowest that is held.
    fn watch(&self) -> Watch {
        let mut topics = vec![Topic::Board, Topic::Feed];
        topics.extend(self.run.clone().map(Topic::Run));
        topics.extend(self.page.iter().cloned());
        let store = self.live.store();
        let after = store.with_value(|store| topics.iter().map(|topic| store.held(topic)).min().unwrap_or(0));
        let epoch =
            store.with_value(|store| store.position.with_untracked(|position| position.epoch.clone()));
        Watch { watch: topics, epoch: Some(epoch), after }
    }

    pub(super) fn send_watch(&self) {
        if let (Some((socket, _)), Ok(text)) = (&self.socket, serde_json::to_string(&self.watch()))
            && socket.ready_state() == WebSocket::OPEN
        {
            let _ = socket.send_with_str(&text);
        }
    }
}

/// Tells the page what to say about itself, and moves its clocks.
pub(super) fn publish(shared: &Shared) {
    let (live, clock, now, state) = with(shared, |session| {
        let redis_down = session.live.redis().filter(|redis| !redis.up).map(|redis| redis.since);
        let held = session.live.store().with_value(|store| store.held(&Topic::Board));
        (session.live, session.clock, session.now(), session.link.state(session.now(), redis_down, held))
    });
    if live.link().get_untracked() != state {
        live.link().set(state);
    }
    // The work's clock waits for the catch-up: an hour's silence of a laptop is no silence of the producer.
    let known = with(shared, |session| session.link.complete());
    clock.tick(now, known && matches!(state, ViewState::Live | ViewState::Restarted { .. }));
}

/// Applies what waits, and lets the page breathe: what comes in the pause is applied at its end.
pub(super) fn apply_waiting(shared: &Shared) {
    let began = local_now();
    let (frames, store) = with(shared, |session| (session.inbox.take(began), session.live.store()));
    if frames.is_empty() {
        return;
    }
    // Something is missing: connect anew and say what is held.
    if !frames.iter().all(|frame| store.with_value(|store| store.apply(frame))) {
        drop_socket(shared);
    }
    let held = store.with_value(|store| store.held(&Topic::Board));
    with(shared, |session| session.link.holds(held));
    note_heard(shared);
    paint_symbols(shared);
    publish(shared);
    let shared = shared.clone();
    // After the effects of this, whose time counts too.
    set_timeout(
        move || {
            let pause = Inbox::pause(local_now() - began);
            let end = move || {
                with(&shared, |session| session.inbox.resume());
                apply_waiting(&shared);
            };
            set_timeout(end, Duration::from_millis(pause.unsigned_abs()));
        },
        Duration::ZERO,
    );
}

pub(super) fn note_heard(shared: &Shared) {
    let (store, now) = with(shared, |session| (session.live.store(), session.now()));
    store.with_value(|store| store.position.update(|position| position.heard = Some(now)));
}

/// Shows what changed in the symbols with the next paint; a hidden tab paints nothing and is right when it returns. A map of
/// thousands is drawn as a whole and costs that much, so it is drawn less often: ten thousand once a second.
fn paint_symbols(shared: &Shared) {
    if std::mem::replace(&mut shared.borrow_mut().painting, true) {
        return;
    }
    let known = with(shared, |session| session.live.store()).with_value(crate::live::Store::symbols_known);
    let shared = shared.clone();
    let paint = move || {
        let store = with(&shared, |session| {
            session.painting = false;
            session.live.store()
        });
        store.with_value(crate::live::Store::show_symbols);
    };
    let wait = Duration::from_millis(known / 10);
    set_timeout(move || request_animation_frame(paint), wait);
}
