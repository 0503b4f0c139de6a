//! The sample universe is believable, repeats itself, and misbehaves as it says.

use super::*;
use crate::bar::{Frame, day_of};
use crate::check::check;
use crate::frames;

fn night() -> Day {
    day_of(2026, 11, 27)
}

fn symbols() -> Vec<String> {
    let sample = Sample::new(7);
    sample.listed().iter().filter(|listed| listed.generated).map(|listed| listed.symbol.clone()).collect()
}

#[test]
fn bars_pass_the_checks_and_are_believable() {
    let sample = Sample::well(7);
    let (mut splits, mut moves, mut clustered) = (0, Vec::new(), 0);
    // Every fifth: all five hundred take half a minute in a debug build.
    for symbol in symbols().into_iter().step_by(5) {
        let bars = sample.bars(&symbol, Day::MIN, night(), 1).unwrap();
        assert_eq!((bars.len(), bars[BARS - 1].day), (BARS, night()), "{symbol}");
        assert_eq!(check(&bars, None, night()), Ok(()), "{symbol}");
        assert!(bars.iter().all(|bar| (1.0..3_000.0).contains(&bar.close) && bar.volume > 0), "{symbol}");
        splits += bars.windows(2).filter(|pair| pair[1].factor() / pair[0].factor() > 1.5).count();
        let steps: Vec<f64> =
            bars.windows(2).map(|pair| (pair[1].adjusted / pair[0].adjusted).ln().abs()).collect();
        // Clusters: after a day that moved much, the next one moves more than after one that did not.
        let mut sorted = steps.clone();
        sorted.sort_by(f64::total_cmp);
        let (calm, wild) = (sorted[BARS / 4], sorted[BARS * 9 / 10]);
        let after = |wanted: &dyn Fn(f64) -> bool| {
            let next: Vec<f64> =
                steps.windows(2).filter(|pair| wanted(pair[0])).map(|pair| pair[1]).collect();
            next.iter().sum::<f64>() / f64::from(u32::try_from(next.len().max(1)).unwrap())
        };
        clustered += usize::from(after(&|step| step > wild) > after(&|step| step < calm));
        moves.push(sorted[BARS / 2]);
        for frame in [Frame::Weekly, Frame::Monthly] {
            assert!(
                frames::of(frame, &bars, night())
                    .iter()
                    .all(|bar| bar.low <= bar.open.min(bar.close) && bar.high >= bar.open.max(bar.close))
            );
        }
    }
    assert!((5..400).contains(&splits), "{splits} splits");
    assert!(clustered > 90, "{clustered} of 100 have clusters");
    assert!(
        moves.iter().all(|median| (0.003..0.04).contains(median)),
        "a usual day moves by a percent or two"
    );
}

#[test]
fn the_past_never_changes_and_a_new_day_is_one_bar() {
    let (sample, other) = (Sample::well(7), Sample::well(8));
    let today = night();
    for symbol in symbols().iter().step_by(97) {
        let now = sample.bars(symbol, Day::MIN, today, 1).unwrap();
        let then = sample.bars(symbol, Day::MIN, today - 4, 1).unwrap();
        assert_eq!(then[then.len() - 1].day, today - 4);
        // The window moves by what is new: Tuesday, Wednesday and Friday of Thanksgiving's week.
        assert_eq!(now[..now.len() - 3], then[3..], "{symbol}");
        let new = sample.bars(symbol, today, today, 1).unwrap();
        assert_eq!(new, now[now.len() - 1..]);
        assert_ne!(other.bars(symbol, Day::MIN, today, 1).unwrap(), now);
        assert_eq!(sample.bars(symbol, today + 1, today + 2, 1), Ok(Vec::new()), "a weekend has no bars");
    }
}

#[test]
fn some_misbehave_in_a_night_and_are_well_when_asked_again() {
    let sample = Sample::new(7);
    let troubles = sample.troubles(night());
    assert_eq!(troubles.len(), TROUBLED.len());
    assert_ne!(troubles, sample.troubles(night() - 2), "others on another day");
    for (symbol, trouble) in troubles {
        for from in [Day::MIN, night()] {
            let first = sample.bars(symbol, from, night(), 1);
            match trouble {
                Trouble::Timeout => assert_eq!(first, Err(Refused::Timeout)),
                Trouble::RateLimited(after) => assert_eq!(first, Err(Refused::RateLimited(after))),
                Trouble::BadBar => {
                    assert_eq!(check(&first.unwrap(), None, night()).unwrap_err().code, "BAD_BAR")
                }
                Trouble::Hole => {
                    let code = check(&first.unwrap(), None, night()).unwrap_err().code;
                    assert_eq!(code, if from == night() { "DUPLICATE_BAR" } else { "MISSING_BARS" });
                }
            }
            assert_eq!(check(&sample.bars(symbol, from, night(), 2).unwrap(), None, night()), Ok(()));
        }
    }
}

#[test]
fn universes_are_what_they_are_called() {
    let sample = Sample::new(7);
    let size = |name: &str| sample.universe(name).map(|listed| listed.len());
    assert_eq!((size("sp500"), size("sample"), size("top_100")), (Ok(505), Ok(505), Ok(100)));
    let classes: usize = CLASSES.iter().map(|(class, _)| size(class).unwrap()).sum();
    assert_eq!(classes, 505, "everybody has a class");
    assert!(
        sample
            .universe("mega_cap")
            .unwrap()
            .iter()
            .any(|listed| listed.symbol == "AAPL" && !listed.generated)
    );
    assert_eq!(size("dow30"), Err(Refused::UnknownUniverse));
    assert_eq!(sample.bars("NOPE", 0, night(), 1), Err(Refused::NotFound));
    assert_eq!(sample.bars("FB", Day::MIN, night(), 1).map(|bars| bars.len()), Ok(196));
}
