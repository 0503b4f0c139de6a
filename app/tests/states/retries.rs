//! What a person reads where one night is held against another: who is new, who was not reported, and what a retry made up for.

use super::support::night::{START, exchange};
use super::support::{Night, page, says, says_not, tickers};
use domain::phase::Phase;
use domain::time::{DAY, MINUTE};

/// So many names, of which each that is asked for fails as it did the night before.
fn failing(indices: std::ops::Range<usize>) -> Vec<(usize, &'static str)> {
    indices.map(|index| (index, "API_RATE_LIMIT")).collect()
}

/// The night before tonight: 300 symbols, of which four failed; and tonight's run is about to begin.
fn last_night() -> (Night, Vec<String>) {
    let names = tickers(400)[..300].to_vec();
    let mut night = Night::new();
    night.at = START - DAY;
    night.run("d4f1").import(&names, &failing(0..4));
    night.at = START;
    night.run("7f3a91c2");
    (night, names)
}

#[test]
fn who_is_expected_waits_with_a_name() {
    let (mut night, names) = last_night();
    night.begin(u32::try_from(names.len()).unwrap()).phase(&Phase::Import, 300);
    night.symbols(&Phase::Import, &names[..100], 3 * MINUTE, &[]);
    let html = page("expected", &night.snapshot());
    says(&html, &["300: 100 done, 200 waiting for import", "Nothing has failed"]);
    says_not(&html, &["not reported"]);
}

#[test]
fn new_and_known_failures_and_who_was_not_reported() {
    let (mut night, names) = last_night();
    night.import(&names[..298], &failing(0..7));
    let html = page("not-reported", &night.snapshot());
    says(
        &html,
        &[
            "To retry 9",
            "291 of 300 complete. 3 newly failing; 4 also failed the night before; 2 not reported.",
            "7 failed (3 new tonight, 4 also last night), 2 not reported",
            "300: 291 done, 7 failed, 2 not reported",
        ],
    );
    assert!(html.contains("nofill l-violet"), "drawn as what we can't vouch for");
    let view = night.board.run_view("7f3a91c2").unwrap();
    let verdict = domain::verdict::judge(Some(&view), night.at);
    let copied = app::sentences::summary(&verdict, &view, &[], &exchange(), &exchange());
    assert!(copied.contains("\n7 failed (3 new tonight, 4 also last night), 2 not reported"), "{copied}");
}

#[test]
fn only_parts_that_apply_are_said() {
    let (mut night, names) = last_night();
    night.import(&names[..299], &failing(3..4));
    let html = page("one-of-each", &night.snapshot());
    says(&html, &["Complete", "1 failed (1 also last night), 1 not reported"]);
    says_not(&html, &["new tonight", "To retry"]);
    let (mut night, names) = last_night();
    night.import(&names[..299], &[]);
    says(&page("silent-symbol", &night.snapshot()), &["Failures 1 not reported"]);
}

#[test]
fn a_retry_completes_the_night() {
    let (mut night, names) = last_night();
    night.import(&names, &failing(2..7));
    says(&page("before-retry", &night.snapshot()), &["To retry 5", "2 also last night"]);
    night.run("again").import(&names[2..7], &[]);
    let html = page("after-retry", &night.snapshot());
    says(
        &html,
        &[
            "Complete after retry",
            "Complete after retry: 5 symbols came through the second time.",
            "5 failed (3 new tonight, 2 also last night), 5 came through the second time",
            "0 failures",
        ],
    );
    assert!(html.contains("tone-green"));
}

#[test]
fn a_retry_that_leaves_something_leaves_it_to_retry() {
    let (mut night, names) = last_night();
    night.import(&names, &failing(2..7));
    night.run("again").import(&names[2..7], &failing(4..5));
    says(
        &page("partly-repaired", &night.snapshot()),
        &["To retry 1", "299 of 300 complete. 1 newly failing; 4 came through the second time."],
    );
}
