//! The socket: opens, watches, applies, notices silence, and comes back for ever.
//!
//! When a frame is applied says the inbox (`live/inbox.rs`). One timer a second moves the clock, looks whether the link lives, and
//! tries again when it is time.

use super::hydrated::{listen, listen_document, now as local_now, reload};
use super::session::{Session, Shared, apply_waiting, note_heard, publish, with};
use crate::clock::Clock;
use crate::live::{Inbox, Link, Live};
use crate::location::{Location, Page, base};
use domain::wire::{Hello, PROTOCOL, ServerMessage, Topic};
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// Symbols up to which a run's own topic is watched by the main page.
const SYMBOLS: u32 = 12_000;

/// The socket is closed with this when nobody is signed in any more; the reason is how many minutes nothing was asked for, if that
/// is why.
const SIGNED_OUT: u16 = 4401;
/// And with this when whoever is has other rights now.
const OTHER_RIGHTS: u16 = 4403;

/// Starts the socket and its timer. Called once, after hydration.
pub(super) fn start(live: Live, clock: Clock, location: Location) {
    let rendered = clock.now().get_untracked();
    let session = Session {
        live,
        clock,
        link: Link::new(rendered),
        offset: rendered - local_now(),
        socket: None,
        run: None,
        page: Vec::new(),
        painting: false,
        inbox: Inbox::default(),
    };
    let shared: Shared = Rc::new(RefCell::new(session));
    let each_second = shared.clone();
    if matches!(live.link().get_untracked(), crate::live::ViewState::Replay { .. }) {
        // A picture of the past: nothing comes after it.
        return;
    }
    // Handles of a page's life are not kept.
    let _ = set_interval_with_handle(move || tick(&each_second), Duration::from_secs(1));
    for name in ["online", "pageshow"] {
        let shared = shared.clone();
        listen(name, move || try_now(&shared));
    }
    let offline = shared.clone();
    listen("offline", move || {
        with(&offline, |session| session.link.device(true, session.now()));
        drop_socket(&offline);
        tick(&offline);
    });
    let seen = shared.clone();
    listen_document("visibilitychange", move || tick(&seen));
    let asked = shared.clone();
    Effect::new(move |_| {
        if live.asked().get() > 0 {
            try_now(&asked);
        }
    });
    let follows = shared.clone();
    Effect::new(move |_| {
        let view = live.view().get();
        let wanted = view.filter(|view| view.symbols() <= SYMBOLS).map(|view| view.run.id);
        follow(&follows, move |session| std::mem::replace(&mut session.run, wanted.clone()) != wanted);
    });
    let turns = shared.clone();
    Effect::new(move |_| {
        let mut wanted = Vec::new();
        if location.page() == Page::Channels {
            wanted.push(Topic::Channels);
            wanted.extend(location.channel().map(Topic::Raw));
        }
        follow(&turns, move |session| std::mem::replace(&mut session.page, wanted.clone()) != wanted);
    });
    tick(&shared);
}

/// Somebody asks, the page is shown, or the device is back: a socket that has long been opening is opened anew.
fn try_now(shared: &Shared) {
    if with(shared, |session| session.link.is_opening_slowly(session.now())) {
        drop_socket(shared);
    }
    with(shared, |session| session.link.device(false, session.now()));
    tick(shared);
}

/// Once a second, and whenever something suggests that the world has changed.
fn tick(shared: &Shared) {
    let dead = with(shared, |session| session.link.is_dead(session.now()));
    if dead {
        drop_socket(shared);
    }
    if with(shared, |session| session.socket.is_none() && session.link.wants_socket(session.now())) {
        open(shared);
    }
    publish(shared);
}

fn open(shared: &Shared) {
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
    let Ok(host) = location.host() else { return };
    let Ok(socket) = WebSocket::new(&format!("{scheme}://{host}{}/live", base())) else {
        with(shared, |session| session.link.closed(session.now(), js_sys::Math::random()));
        return;
    };
    let heard = shared.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(text) = event.data().as_string() {
            hear(&heard, &text);
        }
    });
    let closed = shared.clone();
    let on_close = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
        match event.code() {
            // With other rights this page may hold what must not be seen any more.
            OTHER_RIGHTS => return reload(),
            SIGNED_OUT => with(&closed, |session| {
                session.link.signed_out(event.reason().parse().unwrap_or_default());
            }),
            _ => {}
        }
        drop_socket(&closed);
        publish(&closed);
    });
    socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
    with(shared, |session| {
        session.link.opening(session.now());
        session.socket = Some((socket, (on_message, on_close)));
    });
}

/// Closes what is open and plans the next try.
pub(super) fn drop_socket(shared: &Shared) {
    let dropped = with(shared, |session| session.socket.take());
    if let Some((socket, callbacks)) = dropped {
        socket.set_onmessage(None);
        socket.set_onclose(None);
        let _ = socket.close();
        with(shared, |session| session.link.closed(session.now(), js_sys::Math::random()));
        // A callback must not be dropped while it runs: it may be the one that called us.
        set_timeout(move || drop(callbacks), Duration::ZERO);
    }
}

fn hear(shared: &Shared, text: &str) {
    match ServerMessage::parse(text) {
        Some(ServerMessage::Hello(hello)) => greet(shared, &hello),
        Some(ServerMessage::Frame(frame)) => {
            with(shared, |session| {
                session.link.heard(session.now());
                session.inbox.push(frame);
            });
            return apply_waiting(shared);
        }
        Some(ServerMessage::Beat(beat)) => {
            with(shared, |session| {
                session.offset = beat.now - local_now();
                session.link.heard(session.now());
            });
            note_heard(shared);
            apply_waiting(shared);
        }
        Some(ServerMessage::Error(_)) | None => drop_socket(shared),
    }
    publish(shared);
}

fn greet(shared: &Shared, hello: &Hello) {
    if hello.hello != PROTOCOL {
        reload_once(hello);
        return;
    }
    with(shared, |session| {
        session.offset = hello.now - local_now();
        let known = session
            .live
            .store()
            .with_value(|store| store.position.with_untracked(|position| position.epoch.clone()));
        session.link.opened(session.now(), hello.seq, known != hello.epoch);
        session.send_watch();
    });
}

/// A server that speaks another protocol has a page that does too. Once: two of them must not send us in circles.
fn reload_once(hello: &Hello) {
    let Ok(Some(storage)) = window().session_storage() else { return };
    if storage.get_item("cb_reloaded").ok().flatten().as_deref() != Some(hello.build.as_str()) {
        let _ = storage.set_item("cb_reloaded", &hello.build);
        reload();
    }
}

/// Changes what is watched: the run that has the verdict, the page that is shown. `change` says whether it was one.
fn follow(shared: &Shared, change: impl Fn(&mut Session) -> bool + 'static) {
    let Ok(mut session) = shared.try_borrow_mut() else {
        // Called from within a frame's own change: the next change brings it back.
        let shared = shared.clone();
        set_timeout(move || follow(&shared, change), Duration::ZERO);
        return;
    };
    if change(&mut session) {
        session.send_watch();
    }
}
