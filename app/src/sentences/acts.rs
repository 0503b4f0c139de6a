//! What can be done about a verdict: at most three actions, the likeliest first and filled. Where nothing needs a person they are only
//! texts. Each leads to a page that says what it would do; nothing is done before that.

use crate::address::{at, encoded};
use crate::format::{count, duration};
use domain::command::left::about;
use domain::phase::Phase;
use domain::record::FailureCode;
use domain::time::SECOND;
use domain::verdict::{RunView, Verdict, judge};
use domain::words::code_in_words;

/// Where it is asked what somebody wants, and said what that would do.
pub const NEW: &str = "/admin/commands/new";
/// Where it is asked whether tonight's run is to be left out.
pub const SKIP: &str = "/admin/schedule/skip";

/// An action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Act {
    /// The verb and the number: "Retry 5 rate limited".
    pub label: String,
    /// What it would come to: "about 40 s".
    pub aside: String,
    /// Where it leads.
    pub href: String,
    /// `filled`, nothing, or `text`.
    pub class: &'static str,
}

/// The address of a command about a run.
#[must_use]
pub fn about_run(kind: &str, run: &str, rest: &str) -> String {
    at(&format!("{NEW}?do={kind}&run_id={}{rest}", encoded(run)))
}

/// The actions of a verdict.
#[must_use]
pub fn acts(verdict: &Verdict, view: Option<&RunView>, codes: &[FailureCode]) -> Vec<Act> {
    let act =
        |label: &str, aside: String, href: String| Act { label: label.to_owned(), aside, href, class: "" };
    let run_now = || act("Run now…", String::new(), at(&format!("{NEW}?do=run")));
    let skip = || act("Skip tonight…", String::new(), at(SKIP));
    let start = || act("Start now…", String::new(), at(&format!("{NEW}?do=run")));
    let filled = |mut first: Act| {
        first.class = "filled";
        first
    };
    match verdict {
        Verdict::Due { .. } => return vec![filled(start()), skip()],
        Verdict::DidNotStart { .. } => return vec![filled(start())],
        Verdict::LeftOut { .. } => return vec![run_now()],
        _ => {}
    }
    let Some(view) = view else { return vec![filled(run_now())] };
    let id = view.run.id.as_str();
    let time = |from: &Phase, symbols: u32| {
        about(view, from, symbols)
            .map(|span| format!("about {}", duration(span.max(SECOND))))
            .unwrap_or_default()
    };
    let first = codes.first();
    let begins = first.map_or(Phase::Import, |code| code.phase.clone());
    let retry = |label: String, symbols: u32| act(&label, time(&begins, symbols), about_run("retry", id, ""));
    // Of a run that broke off it is counted who is left; who is not known by name cannot be retried.
    let left = view.run.left.map_or(view.left() + view.run.missing, |(_, now)| now);
    let mut acts = match verdict {
        Verdict::Running { .. } | Verdict::Silent { .. } => {
            return vec![act("Cancel…", String::new(), about_run("cancel", id, ""))];
        }
        Verdict::Cancelling { .. } => return Vec::new(),
        Verdict::ToRetry { .. } => {
            let mut acts = Vec::new();
            if let Some(code) = first.filter(|code| code.count < left && view.run.repaired == 0) {
                let label = format!("Retry {} {}…", count(code.count), code_in_words(&code.code));
                let code_of = format!("&code={}", encoded(&code.code));
                acts.push(act(&label, time(&code.phase, code.count), about_run("retry", id, &code_of)));
            }
            acts.push(retry(format!("Retry all {}…", count(left)), left));
            acts.push(act("Accept as it is…", String::new(), about_run("accept", id, "")));
            acts
        }
        Verdict::Waiting { closed, .. } => {
            let mut acts = vec![run_now()];
            if closed.is_none() {
                acts.push(skip());
            }
            if judge(Some(view), view.run.ended.unwrap_or(view.run.started)).calls() && left > 0 {
                acts.push(retry(format!("Retry {}…", count(left)), left));
            }
            return acts;
        }
        Verdict::Failed { phase } => {
            let place = phase.as_ref().map(|phase| format!(" from {}", phase.noun())).unwrap_or_default();
            let mut acts = Vec::new();
            if left > 0 {
                acts.push(retry(format!("Retry {}{place}…", count(left)), left));
            }
            acts.push(act("See the problem", String::new(), "#failures".to_owned()));
            acts.push(run_now());
            acts
        }
        Verdict::Cancelled { .. } => {
            let mut acts = Vec::new();
            if left > 0 {
                acts.push(retry(format!("Retry {}…", count(left)), left));
            }
            acts.push(run_now());
            acts
        }
        _ => {
            let mut acts = Vec::new();
            if left > 0 {
                acts.push(retry(format!("Retry {}…", count(left)), left));
            }
            acts.push(run_now());
            acts.iter_mut().for_each(|act| act.class = "text");
            return acts;
        }
    };
    if let Some(first) = acts.first_mut() {
        first.class = "filled";
    }
    acts
}
