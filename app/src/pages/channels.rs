//! `/admin/channels`: is my producer understood? What came over each channel, what of it is new to us, what was refused or lost.

use crate::components::Vouch;
use crate::components::channels::{Lists, Raw, Understood};
use crate::location::use_location;
use crate::view::{part, when};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Channels() -> impl IntoView {
    let location = use_location();
    part(view! {
        <main class="channelspage">
            <Understood />
            <Vouch />
            {when(move || location.channel().is_some(), || view! { <Raw /> })}
            <Lists />
        </main>
    })
}
