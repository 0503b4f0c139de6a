//! The tab's title and icon follow the verdict and each 5 %; the broken ring says that the view is not live.

use crate::browser;
use crate::clock::use_clock;
use crate::components::icon;
use crate::live::use_live;
use crate::location::{Page, use_location};
use crate::sentences;
use leptos::prelude::*;

/// Keeps title and icon right on every page.
pub fn follow_in_tab() {
    let (live, clock) = (use_live(), use_clock());
    // Memos, so that the tab is touched when something in it changes and not every second.
    let sure = Memo::new(move |_| live.link().get().vouched());
    let location = use_location();
    let title = Memo::new(move |_| {
        live.view().with(|view| {
            let now = clock.work().get();
            live.verdict().with(|verdict| sentences::title(verdict, view.as_ref(), now, &clock.zone()))
        })
    });
    let shape = Memo::new(move |_| live.verdict().with(|verdict| icon::data_url(verdict, sure.get())));
    Effect::new(move |_| {
        if location.page() == Page::NotFound {
            return;
        }
        if live.hydrated().get() {
            let title = title.get();
            browser::set_title(&if sure.get() { title } else { format!("Not live · {title}") });
        }
    });
    Effect::new(move |_| {
        if live.hydrated().get() {
            browser::set_icon(&shape.get());
        }
    });
}
