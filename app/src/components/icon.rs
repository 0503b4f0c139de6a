//! The tab's icon, by shape as well as by colour: a disc that fills, a tick, a triangle, a square with a cross, a broken ring.

use domain::verdict::Verdict;

/// The icon as a data URL. `vouched` false: the broken ring of a view that is not live.
#[must_use]
pub fn data_url(verdict: &Verdict, vouched: bool) -> String {
    let shape = if vouched { shape(verdict) } else { broken_ring() };
    let svg = format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>{shape}</svg>");
    format!(
        "data:image/svg+xml,{}",
        svg.replace('%', "%25").replace('#', "%23").replace('<', "%3C").replace('>', "%3E")
    )
}

fn shape(verdict: &Verdict) -> String {
    // Colours by name, as an icon has no style sheet; they are seen on light and dark tab strips alike.
    match verdict {
        Verdict::Running { percent, .. } => disc(percent.unwrap_or(0)),
        Verdict::Complete | Verdict::CompleteAfterRetry => "<path fill='none' stroke='seagreen' stroke-width='3' d='M2 8.5l4 4l8-9'/>".to_owned(),
        Verdict::ToRetry { .. } | Verdict::Silent { dead: false, .. } => {
            "<path fill='darkgoldenrod' d='M8 1l7 13h-14z'/>".to_owned()
        }
        Verdict::Failed { .. } | Verdict::DidNotStart { .. } | Verdict::Silent { dead: true, .. } => {
            "<rect width='16' height='16' rx='2' fill='firebrick'/><path stroke='white' stroke-width='2.5' d='M4 4l8 8M12 4l-8 8'/>"
                .to_owned()
        }
        Verdict::Listening | Verdict::Waiting { .. } | Verdict::Due { .. } => "<circle cx='8' cy='8' r='6' fill='none' stroke='slategray' stroke-width='2'/>".to_owned(),
        _ => {
            "<circle cx='8' cy='8' r='6' fill='none' stroke='slategray' stroke-width='2'/><path stroke='slategray' stroke-width='2' d='M4 8h8'/>"
                .to_owned()
        }
    }
}

/// A ring whose inside fills, in steps of 5 %.
fn disc(percent: u8) -> String {
    // Hundredths of the way around a circle of radius 3, which is 18.85 long.
    let around = 1_885 * u32::from(percent - percent % 5) / 100;
    format!(
        "<circle cx='8' cy='8' r='7' fill='none' stroke='steelblue' stroke-width='2'/>\
         <circle cx='8' cy='8' r='3' fill='none' stroke='steelblue' stroke-width='6' stroke-dasharray='{}.{:02} 99' transform='rotate(-90 8 8)'/>",
        around / 100,
        around % 100
    )
}

fn broken_ring() -> String {
    "<circle cx='8' cy='8' r='6' fill='none' stroke='slateblue' stroke-width='3' stroke-dasharray='9 3.5'/>"
        .to_owned()
}
