//! "Retry 5 symbols?": what would be done, for how long, which way, and what stands in its way; then the button, and "Don’t".

use super::fields;
use super::plan::{Plan, facts_of};
use crate::address::encoded;
use crate::archive::Facts;
use crate::format::{count, plural};
use crate::view::{Part, part};
use domain::command::{CommandKind, Invalid};
use domain::phase::Phase;
use domain::words::{code_in_words, short_id};
use leptos::prelude::*;

/// What somebody wants.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What kind.
    pub kind: CommandKind,
    /// Fields that were filled in, by name; one that may come twice does.
    pub given: Vec<(String, String)>,
    /// The field that will not do.
    pub wrong: Option<Invalid>,
    /// What it comes to, where it can be told.
    pub plan: Option<Plan>,
    /// The run that it is about.
    pub of: Option<String>,
    /// Which way it goes.
    pub way: String,
    /// A press twice is one.
    pub key: String,
    /// Where one comes from.
    pub back: String,
    /// How many symbols there were when it was looked at.
    pub was: Option<u32>,
    /// Why it could not be taken.
    pub failed: Option<String>,
}

impl Ask {
    /// What was filled in.
    pub(super) fn value(&self, name: &str) -> &str {
        let found = self.given.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// All that was filled in under a name.
    pub(super) fn values(&self, name: &str) -> Vec<&str> {
        self.given.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    fn count(&self) -> u32 {
        self.plan.as_ref().map_or(0, |plan| plan.count)
    }

    /// There is nothing that could be done.
    fn nothing(&self) -> bool {
        match self.kind {
            CommandKind::Retry | CommandKind::Accept => self.count() == 0,
            _ => self.of.is_none(),
        }
    }

    /// The verb and the number, as the button says them.
    fn verb(&self) -> String {
        let run = self.of.as_deref().map(short_id).unwrap_or_default();
        let number = self.count();
        match self.kind {
            CommandKind::Run if self.values("phases").is_empty() => "Start a full run".to_owned(),
            CommandKind::Run => "Start a run".to_owned(),
            CommandKind::Import => "Start an import".to_owned(),
            CommandKind::Indicators => "Compute indicators".to_owned(),
            CommandKind::Patterns => "Detect patterns".to_owned(),
            CommandKind::CacheSync => "Sync caches".to_owned(),
            CommandKind::Retry | CommandKind::Accept | CommandKind::Cancel if self.nothing() => {
                let verb = self.kind.word();
                format!("Nothing to {verb}")
            }
            CommandKind::Retry => format!("Retry {} {}", count(number), plural(number, "symbol")),
            CommandKind::Cancel => format!("Cancel run {run}"),
            CommandKind::Schedule => "Change the schedule".to_owned(),
            CommandKind::Accept => format!("Accept {} {}", count(number), plural(number, "failure")),
        }
    }
}

pub(super) fn page(ask: &Ask, facts: &Facts) -> Part {
    let verb = ask.verb();
    let blocked = ask.plan.as_ref().and_then(|plan| plan.blocked.clone());
    let changed = ask.was.filter(|was| *was != ask.count()).map(|was| {
        let words = format!("It was {} when you looked; it is {} now.", count(was), count(ask.count()));
        view! { <p class="changed" role="status">{words}</p> }
    });
    let failed = ask.failed.clone().map(|why| view! { <p class="wrong bad" role="alert">{why}</p> });
    let facts_of = facts_of(ask, facts);
    let hidden = [("do", ask.kind.word().to_owned()), ("key", ask.key.clone()), ("back", ask.back.clone())];
    let hidden =
        hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let hidden = hidden.collect_view();
    let seen = matches!(ask.kind, CommandKind::Retry | CommandKind::Accept)
        .then(|| view! { <input type="hidden" name="seen" value=ask.count().to_string() /> });
    // Where work would be stopped, the hand lies on the other button.
    let stops = ask.kind == CommandKind::Cancel;
    let press = match (&ask.plan, blocked) {
        (Some(_), None) => part(view! {
            <button type="submit" class="filled" class:stops=stops name="act" value="send" autofocus=!stops>{verb.clone()}</button>
        }),
        (Some(_), Some(why)) => part(view! { <p class="blocked bad"><b>"Can’t be sent: "</b>{why}"."</p> }),
        (None, _) => part(view! { <p class="blocked bad">"Mend the field above first."</p> }),
    };
    // Where it is all told already, there is nothing to fill in either.
    let has_fields = !matches!(ask.kind, CommandKind::Retry | CommandKind::Cancel);
    let look = (has_fields && ask.kind != CommandKind::Accept).then(|| {
        view! { <button type="submit" formmethod="get" formaction="/admin/commands/new" class="look">"Update the figures"</button> }
    });
    let form = fields::of(ask);
    let (others, parts) = (others(ask), parts(ask));
    let title = if verb.starts_with("Nothing") { verb.clone() } else { format!("{verb}?") };
    let _ = facts;
    part(view! {
        <section class="asking" aria-labelledby="asked-title">
            {others}
            <h1 id="asked-title" tabindex="-1">{title}</h1>
            {changed}
            {failed}
            <form method="post" action="/admin/commands/new" class="change">
                {hidden}
                {seen}
                {form}
                {parts}
                {facts_of}
                <div class="press">
                    {press}
                    <a class="dont" href=ask.back.clone() autofocus=stops>"Don’t"</a>
                    {look}
                </div>
            </form>
        </section>
    })
}

/// What else can be started, for who came to start something.
fn others(ask: &Ask) -> Option<Part> {
    const KINDS: [(CommandKind, &str); 5] = [
        (CommandKind::Run, "Full run"),
        (CommandKind::Import, "Import"),
        (CommandKind::CacheSync, "Cache sync"),
        (CommandKind::Indicators, "Indicators"),
        (CommandKind::Patterns, "Patterns"),
    ];
    if !KINDS.iter().any(|(kind, _)| *kind == ask.kind) {
        return None;
    }
    let back = encoded(&ask.back);
    let link = |(kind, words): &(CommandKind, &'static str)| {
        let address = format!("/admin/commands/new?do={}&back={back}", kind.word());
        let current = (*kind == ask.kind).then_some("page");
        view! { <a href=address aria-current=current data-ask="">{*words}</a> }
    };
    let links = KINDS.iter().map(link).collect_view();
    Some(part(view! { <nav class="kinds" aria-label="What to start">{links}</nav> }))
}

/// Parts of what is left: by cause and by phase, where there is more than one; and all of it again.
fn parts(ask: &Ask) -> Option<Part> {
    let plan = ask.plan.as_ref()?;
    let (run, back) = (encoded(ask.of.as_deref()?), encoded(&ask.back));
    let whole = ["code", "phase", "symbols"].iter().all(|name| ask.value(name).is_empty());
    let to = |rest: &str| format!("/admin/commands/new?do=retry&run_id={run}{rest}&back={back}");
    let one = |(field, value, number): &(&'static str, String, u32)| {
        let words = match *field {
            "code" => code_in_words(value),
            _ => format!("in {}", Phase::parse(value).noun()),
        };
        let current = (ask.value(field) == value).then_some("true");
        let address = to(&format!("&{field}={}", encoded(value)));
        view! { <a href=address data-ask="" aria-current=current>{format!("{words} ({})", count(*number))}</a> }
    };
    let links: Vec<_> = plan.parts.iter().map(one).collect();
    let all =
        view! { <a href=to("") data-ask="" aria-current=whole.then_some("true")>"All that is left"</a> };
    (links.len() > 1)
        .then(|| part(view! { <nav class="kinds wide" aria-label="Which of them">{all}{links}</nav> }))
}
