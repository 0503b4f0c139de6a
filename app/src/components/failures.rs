//! Failures: symbols that failed, by cause, greatest first.

use crate::clock::use_clock;
use crate::format::{count, hms};
use crate::live::use_live;
use domain::record::FailureCode;
use domain::words::code_in_words;
use leptos::prelude::*;

/// How many failed, and one line per cause.
#[component]
pub fn Failures() -> impl IntoView {
    let live = use_live();
    let codes = Memo::new(move |_| live.tonight().get().map(|slot| live.codes(slot)).unwrap_or_default());
    let view = live.view();
    let failed = move || view.with(|view| view.as_ref().map_or(0, domain::verdict::RunView::failed));
    let rest = move || {
        view.with(|view| {
            let newly = view.as_ref().and_then(|view| view.run.newly);
            match (failed(), newly) {
                (0, _) => "Nothing has failed".to_owned(),
                (_, Some(0)) => "failed, none of them new".to_owned(),
                (failed, Some(newly)) => {
                    format!("failed: {} new tonight, {} also the night before", count(newly), count(failed.saturating_sub(newly)))
                }
                (_, None) => "failed".to_owned(),
            }
        })
    };
    view! {
        <div class="head rule"><h2>"Failures"</h2></div>
        <p class="sum quiet">
            {move || (failed() > 0).then(|| view! { <b class="bad">{count(failed())}</b> })}
            " "
            {rest}
        </p>
        <ul class="codes">
            <For each=move || codes.get() key=|code| code.code.clone() let:code>
                <OneCode codes=codes code=code />
            </For>
        </ul>
    }
    .into_any()
}

#[component]
fn OneCode(codes: Memo<Vec<FailureCode>>, code: FailureCode) -> impl IntoView {
    let clock = use_clock();
    let words = code_in_words(&code.code);
    let now = Memo::new(move |before: Option<&FailureCode>| {
        let found = codes.with(|codes| codes.iter().find(|other| other.code == code.code).cloned());
        found.or_else(|| before.cloned()).unwrap_or_else(|| code.clone())
    });
    let aside = move || {
        let code = now.get();
        let zone = clock.zone();
        let moment = if code.first == code.last {
            hms(code.first, &zone)
        } else {
            format!("{} to {}", hms(code.first, &zone), hms(code.last, &zone))
        };
        format!("{moment}, in {}", code.phase.noun())
    };
    view! {
        <li class="two">
            <span class="k bad">{move || count(now.get().count)}</span>
            <span>{words}<small>{aside}</small></span>
            <span class="quiet tick">{move || now.get().symbol}</span>
        </li>
    }
    .into_any()
}
