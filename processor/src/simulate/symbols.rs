//! The simulated universe: tickers of the S&P 500, and made-up ones beyond.

/// Tickers, A to Z.
const KNOWN: &str = include_str!("../../data/sp500.txt");

/// That many symbols, A to Z: known tickers first, then made-up ones of the same look.
pub fn symbols(count: u32) -> Vec<String> {
    let count = usize::try_from(count).unwrap_or(0);
    let mut names: Vec<String> = KNOWN.split_whitespace().take(count).map(ToOwned::to_owned).collect();
    let known: std::collections::HashSet<String> = names.iter().cloned().collect();
    let mut made = (0_u32..).map(made_up).filter(|name| !known.contains(name));
    while names.len() < count {
        names.extend(made.next());
    }
    names.sort();
    names
}

/// A four-letter ticker for a number: ZAAA, ZAAB …
fn made_up(number: u32) -> String {
    let letter = |value: u32| char::from(b'A' + u8::try_from(value % 26).unwrap_or(0));
    ['Z', letter(number / 676), letter(number / 26), letter(number)].iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_distinct_sorted_and_as_many_as_asked() {
        for count in [1, 505, 10_000] {
            let names = symbols(count);
            assert_eq!(names.iter().collect::<HashSet<_>>().len(), count as usize);
            assert!(names.is_sorted());
        }
    }
}
