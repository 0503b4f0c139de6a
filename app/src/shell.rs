//! The HTML document around the app: head, assets, the snapshot that the page was rendered from, and the start of the WASM.
//!
//! The snapshot is embedded once, as escaped JSON, so that the first client render has exactly the server's data. The content
//! is complete before any script arrives.

use crate::app::App;
use crate::components::icon;
use crate::location::{self, Location, Page};
use crate::sentences;
use crate::view::escaped;
use domain::outlook::judge_tonight;
use domain::record::Record;
use domain::verdict::{RunView, Verdict};
use domain::wire::Snapshot;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where the built assets are; from the manifest that the build writes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Assets {
    /// Hash of all of them.
    pub build: String,
    /// The script that loads the WASM.
    pub js: String,
    /// The WASM.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
    /// What pages need besides that are loaded as documents of their own: the archive's, a run, a night as it was.
    #[serde(default)]
    pub archive: String,
    /// The script that opens in a dialog what a link asks.
    #[serde(default)]
    pub dialog: String,
    /// The script that keeps the preview of an entry of the schedule up to date.
    #[serde(default)]
    pub schedule: String,
    /// Fonts worth loading at once.
    #[serde(default)]
    pub fonts: Vec<String>,
}

impl Assets {
    /// The same behind what a proxy puts before every address.
    #[must_use]
    pub fn under(self, base: &str) -> Self {
        let at = |path: String| if path.is_empty() { path } else { base.to_owned() + &path };
        Self {
            build: self.build,
            js: at(self.js),
            wasm: at(self.wasm),
            css: at(self.css),
            archive: at(self.archive),
            dialog: at(self.dialog),
            schedule: at(self.schedule),
            fonts: self.fonts.into_iter().map(at).collect(),
        }
    }

    /// The script that starts the WASM, as it stands in the page: the policy of the page names it by its hash.
    #[must_use]
    pub fn starter(&self) -> String {
        let start = format!(
            "import init, {{ hydrate }} from '{}'; init({{ module_or_path: '{}' }}).then(() => hydrate());",
            self.js, self.wasm
        );
        if self.dialog.is_empty() {
            return start;
        }
        // Works before the WASM does. A link that is to open elsewhere does, and one that leads nowhere leads nowhere.
        format!(
            "{start}addEventListener('click',e=>{{let a=e.target.closest?.('a[data-ask][href]');if(a&&!(e.button||e.metaKey||e.ctrlKey||\
             e.shiftKey||e.altKey)){{e.preventDefault();import('{}').then(m=>m.open(a),()=>location=a.href)}}}});",
            self.dialog
        )
    }
}

/// The whole document. Needs `Arc<Snapshot>`, `Arc<Assets>` and `Location` in context.
#[must_use]
pub fn document() -> impl IntoView {
    let snapshot = expect_context::<Arc<Snapshot>>();
    let assets = expect_context::<Arc<Assets>>();
    let location = expect_context::<Location>();
    let run = snapshot.run.iter().flat_map(|(_, changes)| changes.all());
    let views = crate::live::views_of(&snapshot.board.iter().chain(run).cloned().collect::<Vec<_>>());
    let tonight = crate::live::shown(&views, &location, snapshot.now);
    let view = views.iter().find(|view| Some(view.slot) == tonight);
    let judged = judged(view, &snapshot, &location);
    let page = location.page_of(&snapshot);
    let title = match page {
        Page::NotFound => "Not here".to_owned(),
        _ => sentences::title(&judged, view, snapshot.now, &snapshot.exchange),
    };
    let icon = icon::data_url(&judged, true);
    // A page that is loaded as a document of its own has rules of its own.
    let apart = matches!(page, Page::Archive | Page::Run) || snapshot.replay.is_some();
    let apart = apart && !assets.archive.is_empty();
    let theme = snapshot.theme.clone();
    let base = Some(location::base()).filter(|base| !base.is_empty());
    let scripted = !assets.js.is_empty();
    let fonts = assets.fonts.clone();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme data-base=base>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title inner_html=escaped(&title)></title>
                <link rel="icon" id="icon" href=icon />
                {fonts
                    .into_iter()
                    .map(|font| {
                        view! { <link rel="preload" href=font r#as="font" r#type="font/woff2" crossorigin="anonymous" /> }
                    })
                    .collect_view()}
                {(!assets.css.is_empty()).then(|| view! { <link rel="stylesheet" href=assets.css.clone() /> })}
                {apart.then(|| view! { <link rel="stylesheet" href=assets.archive.clone() /> })}
                {scripted.then(|| view! { <Hydration assets=assets.clone() /> })}
            </head>
            <body>
                <App />
                <script type="application/json" id="snapshot" inner_html=embedded(&snapshot)></script>
            </body>
        </html>
    }
}

/// The verdict as the page will have it.
fn judged(view: Option<&RunView>, snapshot: &Snapshot, location: &Location) -> Verdict {
    let found = |key: &str| snapshot.board.iter().find(|change| &*change.key == key)?.record.as_deref();
    let plan = if let Some(Record::Plan(plan)) = found("xplan") { Some(plan) } else { None };
    let redis = if let Some(Record::Redis(redis)) = found("xredis") { Some(redis) } else { None };
    judge_tonight(view, plan.filter(|_| location.run().is_none()), redis, snapshot.now)
}

/// Starts the WASM. Its own few lines, because the framework's would read a hash file at every render.
#[component]
fn Hydration(assets: Arc<Assets>) -> impl IntoView {
    view! {
        <link rel="modulepreload" href=assets.js.clone() />
        <link rel="preload" href=assets.wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" inner_html=assets.starter()></script>
    }
}

/// The snapshot as JSON that no HTML parser can be led out of.
fn embedded(snapshot: &Snapshot) -> String {
    let json = serde_json::to_string(snapshot).unwrap_or_else(|_| "{}".to_owned());
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}
